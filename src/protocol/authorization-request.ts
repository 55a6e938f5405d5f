import { invalidRequest } from './oauth-error.js';
import { splitWords } from './scope.js';

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

/** What a request asks of login and consent, at whichever endpoint it arrives. */
export type InteractionWishes = Pick<
  AuthorizationRequest,
  'prompt' | 'maxAge' | 'acrValues' | 'uiLocales' | 'display' | 'loginHint' | 'identitySchema'
>;

/** OpenID Connect Core §3.1.2.1, and `registration` of the reference. */
export const PROMPTS: readonly string[] = ['none', 'login', 'consent', 'select_account', 'registration'];

/** @throws OAuthError invalid_request: a prompt or a max_age that means nothing */
export function readWishes(parameter: (name: string) => string | undefined): InteractionWishes {
  return {
    prompt: parsePrompt(parameter('prompt')),
    maxAge: parseMaxAge(parameter('max_age')),
    acrValues: splitWords(parameter('acr_values')),
    uiLocales: splitWords(parameter('ui_locales')),
    display: parameter('display'),
    loginHint: parameter('login_hint'),
    identitySchema: parameter('identity_schema'),
  };
}

/** @throws OAuthError invalid_request: an unknown word, or `none` beside another (OpenID Connect Core §3.1.2.1) */
export function parsePrompt(text: string | undefined): string[] {
  const words = splitWords(text);
  const unknown = words.find((word) => !PROMPTS.includes(word));
  if (unknown !== undefined) {
    throw invalidRequest(`Parameter 'prompt' knows ${PROMPTS.join(', ')}, but not '${unknown}'.`);
  }
  if (words.includes('none') && words.length > 1) {
    throw invalidRequest("Parameter 'prompt' must hold nothing beside 'none'.");
  }
  return words;
}

/** Seconds. A negative one means nothing and is ignored. @throws OAuthError invalid_request: no whole number */
export function parseMaxAge(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) {
    throw invalidRequest("Parameter 'max_age' must be a whole number of seconds.");
  }
  const seconds = Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  return seconds >= 0 ? seconds : undefined;
}
