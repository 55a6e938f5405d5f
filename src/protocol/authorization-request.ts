/**
 * A validated authorization request as plain data: what `oauth2/authorize` has proven and what travels in the flow
 * through login and consent (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
 */
export interface AuthorizationRequest {
  clientId: string;
  /** The words of `response_type`, sorted: `['code']`, `['code', 'id_token']`. */
  responseTypes: string[];
  responseMode: ResponseMode;
  /** Proven to be the client's. */
  redirectUri: string;
  /** Whether the request named the redirect URI: then the token request must repeat it (RFC 6749 §4.1.3). */
  redirectUriSent: boolean;
  scope: string[];
  audience: string[];
  state: string;
  nonce?: string;
  prompt: string[];
  /** Seconds. */
  maxAge?: number;
  acrValues: string[];
  uiLocales: string[];
  display?: string;
  loginHint?: string;
  /** The verified claims of the hint. */
  idTokenHintClaims?: Record<string, unknown>;
  codeChallenge?: string;
  codeChallengeMethod?: string;
  identitySchema?: string;
  /** Set when a device asked (RFC 8628): the id of its device authorization. There is then no redirect URI (`''`). */
  deviceAuthorization?: string;
  /** The address that the browser asked for (of a POST: with the merged parameters). */
  requestUrl: string;
}

export type ResponseMode = 'query' | 'fragment' | 'form_post';
