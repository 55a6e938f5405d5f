import type { Granted } from '../../../consent/granted.js';
import type { IssuedAuthorization } from '../../issuance/front-channel-tokens.js';
import type { ResponseParameters } from '../response-modes/response-mode.js';

/** One word of `response_type` (OAuth 2.0 Multiple Response Type Encoding Practices §3, §5). */
export interface ResponseType {
  readonly word: 'code' | 'token' | 'id_token';
  /** The client must have these, given all words of the request. */
  grantTypes(words: readonly string[]): string[];
  /** An ID token through the browser is bound to its request by a nonce (OpenID Connect Core §3.2.2.1). */
  readonly needsNonce: boolean;
  /** What it adds to the answer. */
  parameters(answer: AuthorizationAnswer): ResponseParameters;
}

export interface AuthorizationAnswer {
  words: readonly string[];
  granted: Granted;
  issued: IssuedAuthorization;
}
