import type { Reply } from '../../../http/replies/reply.js';
import type { PlainResponseMode, ResponseMode } from '../../../protocol/authorization-request.js';

/** Sends parameters to the client's redirect URI (OAuth 2.0 Multiple Response Type Encoding Practices §2.1). */
export interface ResponseModeWriter {
  readonly name: ResponseMode;
  /** Whether the only parameter is a JWT with all others (JARM §2.3). */
  readonly isJwt?: boolean;
  /** The redirect URI must be proven to be the client's. Parameters are plain text and are escaped here. */
  write(redirectUri: string, parameters: ResponseParameters): Reply;
}

export type ResponseParameters = Record<string, string>;

/** Form encoding with `%20` for a space, because not all readers of fragments understand a plus sign. */
export function encodeParameters(parameters: ResponseParameters): string {
  return new URLSearchParams(parameters).toString().replaceAll('+', '%20');
}

export type PlainModeWriter = ResponseModeWriter & { readonly name: PlainResponseMode };

/** The mode that sends the JWT in the way of the plain mode (JARM §2.3.1 to §2.3.3). */
export function jwtModeOf(plain: PlainModeWriter): ResponseModeWriter {
  return { name: `${plain.name}.jwt`, isJwt: true, write: (...response) => plain.write(...response) };
}
