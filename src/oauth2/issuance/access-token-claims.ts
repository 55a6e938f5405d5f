/** The claims of JWT access tokens: in Hydra's format, or by RFC 9068 (`strategies.jwt.profile`). */
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import type { JsonObject, JsonValue } from '../../protocol/json.js';
import { numericDate } from '../../protocol/numeric-date.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import type { AuthorizedAccess } from './authorized-access.js';
import { actorClaims, claimsOfSession } from './claims-of-session.js';
import { LOGIN_CLAIMS, loginClaims } from './login-claims.js';

/** Claims of this server that no session claim may replace. */
const RESERVED = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scp', 'ext'];
/** RFC 9068 §2.2, and the claims of RFC 7800, RFC 8693 and RFC 9396: a resource server believes that this server set them. */
const RESERVED_BY_RFC9068 = [...RESERVED, 'scope', 'cnf', 'act', 'may_act', 'authorization_details'];

export function accessTokenClaims(
  draft: AccessTokenDraft,
  client: RegisteredClient,
  access: AuthorizedAccess,
  configuration: Configuration,
): JsonObject {
  const { oauth2, urls } = configuration;
  const iat = numericDate(draft.issuedAt);
  const claims = claimsOfSession(access.session, configuration);
  const { authorizationDetails } = access.session;
  return {
    ...topLevelClaims(claims, configuration),
    iss: urls.self.issuer,
    sub: subjectFor(client, access, configuration),
    aud: audienceOf(access, configuration),
    ...(client.clientId ? { client_id: client.clientId } : {}),
    exp: numericDate(draft.expiresAt),
    iat,
    ...(oauth2.exclude_not_before_claim ? {} : { nbf: iat }),
    jti: draft.id,
    ...(draft.proof && { cnf: draft.proof.confirmation.claim }), // RFC 9449 §6.1, RFC 8705 §3.1
    ...scopeClaims(access.scope, configuration),
    ...(tellsLogin(configuration) ? loginClaims(access.session) : {}),
    ...ext(claims, configuration),
    ...actorClaims(access.session, configuration),
    ...(authorizationDetails && { authorization_details: authorizationDetails }), // RFC 9396 §9.1
  };
}

/**
 * A client with pairwise subjects gets a JWT by token exchange alone: it must not tell the real subject (OpenID Connect Core §8).
 */
function subjectFor(
  { metadata }: RegisteredClient,
  { subject, session }: AuthorizedAccess,
  { oauth2 }: Configuration,
): string {
  const isPairwise = oauth2.token_exchange.enabled && metadata.subject_type === 'pairwise';
  return (isPairwise ? session.subjectIdentifier : undefined) ?? subject;
}

/** The header `typ` (RFC 9068 §2.1). */
export function accessTokenType({ strategies: { jwt } }: Configuration): string {
  return jwt.profile === 'rfc9068' ? 'at+jwt' : jwt.typ;
}

const followsRfc9068 = ({ strategies }: Configuration): boolean => strategies.jwt.profile === 'rfc9068';

/** RFC 9068 §2.2.1; RFC 9470 §6.1. */
const tellsLogin = (configuration: Configuration): boolean =>
  followsRfc9068(configuration) || configuration.oauth2.step_up.enabled;

/** RFC 9068 §3: `aud` names a default if the client asked for no audience. */
function audienceOf({ audience }: AuthorizedAccess, configuration: Configuration): string[] {
  if (audience.length || !followsRfc9068(configuration)) return audience;
  return [configuration.strategies.jwt.default_audience || configuration.urls.self.issuer];
}

/** RFC 9068 §2.2.3: the scope is a text, and it is there only if a scope was granted. */
function scopeClaims(scope: string[], configuration: Configuration): JsonObject {
  const { scope_claim: form } = configuration.strategies.jwt;
  if (followsRfc9068(configuration)) {
    if (!scope.length) return {};
    return { scope: scope.join(' '), ...(form === 'both' ? { scp: scope } : {}) };
  }
  return {
    ...(form === 'string' ? {} : { scp: scope }),
    ...(form === 'list' ? {} : { scope: scope.join(' ') }),
  };
}

function topLevelClaims(claims: JsonObject, configuration: Configuration): JsonObject {
  const { allowed_top_level_claims: allowed } = configuration.oauth2;
  const reserved = [
    ...(followsRfc9068(configuration) ? RESERVED_BY_RFC9068 : RESERVED),
    ...(tellsLogin(configuration) ? LOGIN_CLAIMS : []),
  ];
  const entries = Object.entries(claims).filter(([name]) => allowed.includes(name) && !reserved.includes(name));
  return Object.fromEntries(entries);
}

/** RFC 9068 knows no `ext`: there it is left out if it is empty. */
function ext(claims: JsonObject, configuration: Configuration): { ext?: JsonValue } {
  const { mirror_top_level_claims, preserve_ext_claims, allowed_top_level_claims } = configuration.oauth2;
  if (followsRfc9068(configuration) && Object.keys(claims).length === 0) return {};
  if (mirror_top_level_claims) return { ext: claims };
  if (!preserve_ext_claims) return {};
  const rest = Object.entries(claims).filter(([name]) => !allowed_top_level_claims.includes(name));
  return { ext: Object.fromEntries(rest) };
}
