/** The request bodies of hooks, with the same fields as in Hydra. They never contain a secret, a code or a token. */
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import type { JsonObject } from '../../protocol/json.js';
import type { AuthorizedAccess } from './authorized-access.js';
import type { GrantSession } from './grant-session.js';

/** The only form fields that are sent to a hook. */
const PAYLOAD_FIELDS = ['grant_type', 'response_type', 'scope', 'client_id', 'assertion'];
const NO_TIME = '0001-01-01T00:00:00Z';

/** RFC 8693: the claims of the tokens that are exchanged, but never their texts. */
export interface ExchangedClaims {
  subject_token: { claims: JsonObject; client_id?: string };
  actor_token?: { claims: JsonObject };
}

export interface HookRequest {
  grantType: string;
  access: AuthorizedAccess;
  client: RegisteredClient;
  form: FormParams;
  /** Absent for other grants than token exchange. */
  exchanged?: ExchangedClaims;
  now: Date;
  /** The time at which the access token would expire. */
  accessTokenExpiry: Date;
}

export function tokenHookPayload(request: HookRequest, configuration: Configuration): JsonObject {
  const { client, access, form, grantType, exchanged } = request;
  const payload = PAYLOAD_FIELDS.map((name) => [name, form.all(name)] as const).filter(([, values]) => values.length);
  return {
    session: session(request, configuration),
    request: {
      client_id: client.clientId,
      requested_scopes: access.scope,
      granted_scopes: access.scope,
      granted_audience: access.audience,
      grant_types: [grantType],
      ...detailsOf(access),
      ...(exchanged && { ...exchanged }),
      payload: Object.fromEntries(payload),
    },
  };
}

/** The body for `oauth2.refresh_token_hook`, the older hook. */
export function refreshHookPayload(request: HookRequest, configuration: Configuration): JsonObject {
  const { client, access, grantType } = request;
  const granted = { granted_scopes: access.scope, granted_audience: access.audience, ...detailsOf(access) };
  return {
    subject: access.subject,
    session: session(request, configuration),
    requester: { client_id: client.clientId, ...granted, grant_types: [grantType] },
    client_id: client.clientId,
    ...granted,
  };
}

/** RFC 9396: what the token will have. Absent if there are none. */
function detailsOf({ session: { authorizationDetails: details } }: AuthorizedAccess): JsonObject {
  return details ? { authorization_details: details } : {};
}

function session(request: HookRequest, { urls, oauth2 }: Configuration): JsonObject {
  const { access, client } = request;
  return {
    id_token: {
      id_token_claims: idTokenClaims(request, urls.self.issuer),
      headers: { extra: {} },
      expires_at: { access_token: request.accessTokenExpiry.toISOString() },
      username: '',
      subject: access.subject,
    },
    extra: access.session.accessTokenClaims,
    kid: '',
    client_id: client.clientId,
    consent_challenge: access.consentId?.replaceAll('-', '') ?? '',
    exclude_not_before_claim: oauth2.exclude_not_before_claim,
    allowed_top_level_claims: oauth2.allowed_top_level_claims,
    mirror_top_level_claims: oauth2.mirror_top_level_claims,
    preserve_ext_claims: oauth2.preserve_ext_claims,
  };
}

function idTokenClaims({ access, client, now }: HookRequest, issuer: string): JsonObject {
  const { session } = access;
  const person = session.subjectIdentifier !== undefined;
  return {
    jti: '',
    iss: person ? issuer : '',
    sub: session.subjectIdentifier ?? '',
    aud: person ? [client.clientId] : null,
    nonce: session.nonce ?? '',
    exp: NO_TIME,
    iat: now.toISOString(),
    rat: time(session.requestedAt),
    auth_time: time(session.authTime),
    at_hash: '',
    acr: session.acr ?? '',
    amr: session.amr ?? null,
    c_hash: '',
    ext: person ? ext(session) : null,
  };
}

function ext({ idTokenClaims: claims, sid }: GrantSession): JsonObject {
  return { ...claims, ...(sid ? { sid } : {}) };
}

const time = (seconds: number | undefined): string => (seconds ? new Date(seconds * 1000).toISOString() : NO_TIME);
