import type { Reply } from '../../../http/replies/reply.js';
import type { ResponseMode } from '../../../protocol/authorization-request.js';

/** Sends parameters to the client's redirect URI (OAuth 2.0 Multiple Response Type Encoding Practices §2.1). */
export interface ResponseModeWriter {
  readonly name: ResponseMode;
  /** The redirect URI must be proven to be the client's. Parameters are plain text and are escaped here. */
  write(redirectUri: string, parameters: ResponseParameters): Reply;
}

export type ResponseParameters = Record<string, string>;

/** Form encoding with `%20` for a space, because not all readers of fragments understand a plus sign. */
export function encodeParameters(parameters: ResponseParameters): string {
  return new URLSearchParams(parameters).toString().replaceAll('+', '%20');
}
