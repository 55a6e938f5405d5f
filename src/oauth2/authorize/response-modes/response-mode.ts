import type { Reply } from '../../../http/exchange.js';
import type { ResponseMode } from '../../../protocol/authorization-request.js';

/** A way of carrying parameters to the client's redirect URI (OAuth 2.0 Multiple Response Type Encoding Practices §2.1). */
export interface ResponseModeWriter {
  readonly name: ResponseMode;
  /** The redirect URI is proven to be the client's; parameters are plain text and escaped here. */
  write(redirectUri: string, parameters: ResponseParameters): Reply;
}

export type ResponseParameters = Record<string, string>;

/** Form encoding with `%20` for a space: readers of fragments do not all understand a plus sign. */
export function encodeParameters(parameters: ResponseParameters): string {
  return new URLSearchParams(parameters).toString().replaceAll('+', '%20');
}
