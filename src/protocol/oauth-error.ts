/**
 * The one error type of responses (RFC 6749 §5.2, OpenID Connect Core §3.1.2.6, RFC 6750 §3.1). `description` is stable
 * public text, `hint` tells the integrator what to change, `cause` is only logged. Secrets and tokens never belong in any of
 * the three.
 */
interface OAuthErrorOptions {
  /** The HTTP status where the error is a response of its own. */
  status: number;
  description: string;
  /** The hint for the caller, which is appended to the description. */
  hint?: string;
  cause?: unknown;
  /** Further response headers, such as WWW-Authenticate. */
  headers?: Record<string, string>;
}

export class OAuthError extends Error {
  readonly status: number;
  readonly description: string;
  readonly hint?: string;
  readonly headers: Record<string, string>;

  constructor(
    /** The code of the RFC, for example `invalid_grant`. */
    readonly code: string,
    options: OAuthErrorOptions,
  ) {
    super(`${code}: ${options.description}${options.hint ? ` ${options.hint}` : ''}`, { cause: options.cause });
    this.name = 'OAuthError';
    this.status = options.status;
    this.description = options.description;
    this.hint = options.hint;
    this.headers = options.headers ?? {};
  }

  /** The text of `error_description`: description and hint. */
  get publicDescription(): string {
    return describe(this.description, this.hint);
  }

  /** The two members that a client sees, in JSON and in redirects alike. */
  toParameters(): { error: string; error_description: string } {
    return { error: this.code, error_description: this.publicDescription };
  }

  withHeaders(headers: Record<string, string>): OAuthError {
    return new OAuthError(this.code, {
      status: this.status,
      description: this.description,
      hint: this.hint,
      cause: this.cause,
      headers: { ...this.headers, ...headers },
    });
  }
}

/** RFC 6749 §5.2 allows %x20-21 / %x23-5B / %x5D-7E: double quotes become single ones, control characters spaces. */
function describe(description: string, hint?: string): string {
  const text = hint ? `${description} ${shortened(hint)}` : description;
  return text
    .replaceAll('"', "'")
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim();
}

type ErrorFactory = (hint?: string, cause?: unknown) => OAuthError;

/** Makes the factory for one error of a catalogue. */
export const error =
  (code: string, status: number, description: string): ErrorFactory =>
  (hint, cause) =>
    new OAuthError(code, { status, description, hint, cause });

// RFC 6749 §4.1.2.1, §5.2
export const invalidRequest = error(
  'invalid_request',
  400,
  'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.',
);
export const invalidClient = error(
  'invalid_client',
  401,
  'Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).',
);
export const invalidGrant = error(
  'invalid_grant',
  400,
  'The provided authorization grant or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
);
export const unauthorizedClient = error(
  'unauthorized_client',
  400,
  'The client is not authorized to request a token using this method.',
);
export const unsupportedGrantType = error(
  'unsupported_grant_type',
  400,
  'The authorization grant type is not supported by the authorization server.',
);
export const invalidScope = error('invalid_scope', 400, 'The requested scope is invalid, unknown, or malformed.');
export const unsupportedResponseType = error(
  'unsupported_response_type',
  400,
  'The authorization server does not support obtaining a token using this method.',
);
export const unsupportedResponseMode = error(
  'unsupported_response_mode',
  400,
  'The authorization server does not support obtaining a response using this response mode.',
);
export const accessDenied = error(
  'access_denied',
  403,
  'The resource owner or authorization server denied the request.',
);
/** RFC 9396 §5. */
export const invalidAuthorizationDetails = error(
  'invalid_authorization_details',
  400,
  'The authorization details are malformed, of an unknown type, or not allowed.',
);
/** RFC 8707 §2. */
export const invalidTarget = error(
  'invalid_target',
  400,
  'The requested resource is invalid, missing, unknown, or malformed.',
);
export const serverError = error(
  'server_error',
  500,
  'The authorization server encountered an unexpected condition that prevented it from fulfilling the request.',
);
export const temporarilyUnavailable = error(
  'temporarily_unavailable',
  503,
  'The authorization server is currently unable to handle the request.',
);

// OpenID Connect Core §3.1.2.6
export const loginRequired = error('login_required', 400, 'The authorization server requires end-user authentication.');
// OpenID Connect Core Error Code unmet_authentication_requirements 1.0; RFC 9470 §5
export const unmetAuthenticationRequirements = error(
  'unmet_authentication_requirements',
  400,
  'The authorization server could not meet the authentication requirements of the request.',
);
export const consentRequired = error('consent_required', 400, 'The authorization server requires end-user consent.');
export const registrationNotSupported = error(
  'registration_not_supported',
  400,
  'The authorization server does not support use of the registration parameter.',
);
export const invalidRequestUri = error(
  'invalid_request_uri',
  400,
  'The request_uri in the authorization request returns an error or contains invalid data.',
);
export const invalidRequestObject = error(
  'invalid_request_object',
  400,
  'The request parameter contains an invalid request object.',
);

// Hydra's additions: the codes that its clients know.
export const requestForbidden = error('request_forbidden', 403, 'The request is not allowed.');
export const requestUnauthorized = error('request_unauthorized', 401, 'The request could not be authorized.');
export const invalidState = error(
  'invalid_state',
  400,
  'The state is missing or does not have enough characters and is therefore considered too weak.',
);
export const insufficientEntropy = error(
  'insufficient_entropy',
  400,
  'The request used a security parameter (e.g., anti-replay, anti-csrf) with insufficient entropy.',
);
export const scopeNotGranted = error('scope_not_granted', 403, 'The token was not granted the requested scope.');
export const jtiKnown = error('jti_known', 400, 'The jti was already used.');

// RFC 6750 §3.1
export const invalidToken = error(
  'invalid_token',
  401,
  'The access token provided is expired, revoked, malformed, or invalid for other reasons.',
);
export const insufficientScope = error(
  'insufficient_scope',
  403,
  'The request requires higher privileges than the access token provides.',
);

// RFC 9449 §5, §8. At a protected resource the status is 401.
export const invalidDpopProof = error(
  'invalid_dpop_proof',
  400,
  'The proof of possession is missing, malformed, expired, used before, or made for another request.',
);

export const useDpopNonce = error('use_dpop_nonce', 400, 'The proof of possession needs a nonce of this server.');

// RFC 8628 §3.5
export const authorizationPending = error(
  'authorization_pending',
  400,
  'The authorization request is still pending as the end user has not yet completed the user-interaction steps.',
);
export const slowDown = error(
  'slow_down',
  400,
  'The authorization request is still pending and polling should continue, but the interval must be increased by 5 seconds.',
);
export const expiredToken = error(
  'expired_token',
  400,
  'The device code has expired, and the device authorization session has concluded.',
);

// CIBA Core §11, §13
export const authReqExpired = error('expired_token', 400, 'The auth_req_id has expired.');
export const unknownUserId = error('unknown_user_id', 400, 'The hint names no end user that is known here.');
export const expiredLoginHintToken = error('expired_login_hint_token', 400, 'The login_hint_token has expired.');
export const missingUserCode = error('missing_user_code', 400, 'The end user needs a user_code, which is missing.');
export const invalidUserCode = error('invalid_user_code', 400, 'The user_code is invalid.');
export const invalidBindingMessage = error(
  'invalid_binding_message',
  400,
  'The binding_message is invalid or unacceptable for use in the context of the given request.',
);

// RFC 7591 §3.2.2
export const invalidClientMetadata = error(
  'invalid_client_metadata',
  400,
  'The value of one of the client metadata fields is invalid and the server has rejected this request.',
);
export const invalidRedirectUri = error(
  'invalid_redirect_uri',
  400,
  'The value of one or more redirection URIs is invalid.',
);

export const payloadTooLarge = error('invalid_request', 413, 'The request body is larger than this server accepts.');

/** RFC 6585 §4. @param seconds until the next request is allowed, a whole number */
export function tooManyRequests(description: string, seconds: number): OAuthError {
  return new OAuthError('temporarily_unavailable', {
    status: 429,
    description,
    hint: `Try again in ${seconds} seconds.`,
    headers: { 'Retry-After': String(seconds) },
  });
}

export const missingRequiredParameter = error(
  'missing_required_parameter',
  400,
  'One of the required parameters is missing or is contradicted by another.',
);
export const misconfiguration = error('misconfiguration', 500, 'The server is not configured as it must be.');

/** A hint may quote request values and is sent in headers: its length is limited. */
const MAX_HINT_CHARACTERS = 500;

function shortened(hint: string): string {
  return hint.length <= MAX_HINT_CHARACTERS ? hint : `${hint.slice(0, MAX_HINT_CHARACTERS)}...`;
}
