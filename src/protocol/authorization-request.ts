import type { AuthorizationDetail } from './authorization-details.js';
import type { JsonObject } from './json.js';
import { invalidRequest } from './oauth-error.js';
import type { RequestedClaims } from './requested-claims.js';
import { splitWords } from './scope.js';

/**
 * A validated authorization request as plain data: `oauth2/authorize` has checked it, and the flow carries it through login
 * and consent (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
 */
export interface AuthorizationRequest {
  clientId: string;
  /** The words of `response_type`, sorted: `['code']`, `['code', 'id_token']`. */
  responseTypes: string[];
  responseMode: ResponseMode;
  /** Checked to be registered by the client. */
  redirectUri: string;
  /** Whether the request named the redirect URI: then the token request must repeat it (RFC 6749 §4.1.3). */
  redirectUriSent: boolean;
  scope: string[];
  audience: string[];
  /** Those of `audience` that came as `resource` (RFC 8707). Absent if there are none. */
  resources?: string[];
  /** RFC 9396 §2. Absent if the request asked for none. */
  authorizationDetails?: AuthorizationDetail[];
  state: string;
  nonce?: string;
  prompt: string[];
  /** In seconds. */
  maxAge?: number;
  acrValues: string[];
  /** OpenID Connect Core §5.5. Absent if the request had none, or the server does not support them. */
  requestedClaims?: RequestedClaims;
  uiLocales: string[];
  display?: string;
  loginHint?: string;
  /** The verified claims of the hint. */
  idTokenHintClaims?: Record<string, unknown>;
  codeChallenge?: string;
  codeChallengeMethod?: string;
  /** The thumbprint of the key that the code is bound to (RFC 9449 §10): 43 characters. */
  dpopJkt?: string;
  identitySchema?: string;
  /** Set for a device flow (RFC 8628): the id of its device authorization. There is then no redirect URI (`''`). */
  deviceAuthorization?: string;
  /** Set for a pushed request (RFC 9126): one use of it. */
  pushed?: PushedUse;
  /** Set for a client that has no row yet: the document that describes it. */
  clientDocument?: ClientDocument;
  /** The address that the browser requested (of a POST: with the merged parameters). */
  requestUrl: string;
}

/** One visit of a browser with a pushed request. All visits of a request together get one response. */
export interface PushedUse {
  /** The secret part of the `request_uri`. */
  handle: string;
  /** Random; it stays the same if the flow of the visit is restarted. */
  visit: string;
}

/** What the document at a client id says (client id metadata documents). Times are in milliseconds since 1970. */
export interface ClientDocument {
  name: string;
  /** The members of the client that differ from the defaults. */
  metadata: JsonObject;
  fetchedAt: number;
  freshUntil: number;
}

/** How the parameters of the response travel, as they are (OAuth 2.0 Multiple Response Type Encoding Practices §2.1). */
export type PlainResponseMode = 'query' | 'fragment' | 'form_post';

/** The same, or as one JWT in place of them (JARM §2.3). */
export type ResponseMode = PlainResponseMode | `${PlainResponseMode}.jwt`;

/** The parameters for login and consent, at whichever endpoint the request arrives. */
type InteractionParameters = Pick<
  AuthorizationRequest,
  'prompt' | 'maxAge' | 'acrValues' | 'uiLocales' | 'display' | 'loginHint' | 'identitySchema'
>;

/** OpenID Connect Core §3.1.2.1, and Hydra's `registration`. */
const PROMPTS: readonly string[] = ['none', 'login', 'consent', 'select_account', 'registration'];

type InteractionParameterName =
  'prompt' | 'max_age' | 'acr_values' | 'ui_locales' | 'display' | 'login_hint' | 'identity_schema';

/** @throws OAuthError invalid_request: an invalid prompt or max_age, too many words */
export function readInteractionParameters(
  parameter: (name: InteractionParameterName) => string | undefined,
): InteractionParameters {
  return {
    prompt: parsePrompt(parameter('prompt')),
    maxAge: parseMaxAge(parameter('max_age')),
    acrValues: readWords('acr_values', parameter('acr_values')),
    uiLocales: readWords('ui_locales', parameter('ui_locales')),
    display: parameter('display'),
    loginHint: parameter('login_hint'),
    identitySchema: parameter('identity_schema'),
  };
}

/** No honest request has as many. */
const MAX_WORDS = 100;

function readWords(name: string, text: string | undefined): string[] {
  const words = splitWords(text);
  if (words.length > MAX_WORDS) throw invalidRequest(`Parameter '${name}' may hold ${MAX_WORDS} values.`);
  return words;
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

/** In seconds. A negative value is ignored. @throws OAuthError invalid_request: not a whole number */
export function parseMaxAge(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) {
    throw invalidRequest("Parameter 'max_age' must be a whole number of seconds.");
  }
  const seconds = Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  return seconds >= 0 ? seconds : undefined;
}
