import type { Granted } from '../../../consent/consents/granted.js';
import type { IssuedAuthorization } from '../../issuance/front-channel-tokens.js';
import type { ResponseParameters } from '../response-modes/response-mode.js';

/** One word of `response_type` (OAuth 2.0 Multiple Response Type Encoding Practices §3, §5). */
export interface ResponseType {
  readonly word: 'code' | 'token' | 'id_token';
  /** The grant types that the client must have, given all words of the request. */
  grantTypes(words: readonly string[]): string[];
  /** Whether a nonce must bind the ID token to its request (OpenID Connect Core §3.2.2.1). */
  readonly needsNonce: boolean;
  /** The parameters that this response type adds to the response. */
  parameters(answer: AuthorizationResponse): ResponseParameters;
}

interface AuthorizationResponse {
  words: readonly string[];
  granted: Granted;
  issued: IssuedAuthorization;
}
