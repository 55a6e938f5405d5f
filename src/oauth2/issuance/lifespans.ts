/** The lifespans of tokens in seconds: the client's own lifespan for the grant type, else `ttl.*`. */
import type { LifespanName } from '../../clients/client-metadata.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { isUnderFapi } from '../../clients/security-profile/security-profile.js';
import type { Configuration } from '../../config/configuration.js';
import {
  AUTHORIZATION_CODE,
  CLIENT_CREDENTIALS,
  DEVICE_CODE,
  IMPLICIT,
  JWT_BEARER,
  REFRESH_TOKEN,
} from '../../protocol/constants.js';

type TokenKind = 'access_token' | 'id_token' | 'refresh_token';

/** The prefix of the client's lifespan fields, by grant type. */
const FIELD_PREFIX: Record<string, string> = {
  [AUTHORIZATION_CODE]: 'authorization_code_grant',
  [CLIENT_CREDENTIALS]: 'client_credentials_grant',
  [IMPLICIT]: 'implicit_grant',
  [JWT_BEARER]: 'jwt_bearer_grant',
  [REFRESH_TOKEN]: 'refresh_token_grant',
  [DEVICE_CODE]: 'device_authorization_grant',
};

/** The lifespan in seconds, possibly with a fraction. */
export function lifespan(
  configuration: Configuration,
  client: RegisteredClient,
  grantType: string,
  kind: TokenKind,
): number {
  const own = client.lifespan(`${FIELD_PREFIX[grantType] ?? ''}_${kind}_lifespan` as LifespanName);
  return own ?? configuration.ttl[kind];
}

/** The lifespan of an authorization code in seconds: by FAPI 2.0 Security Profile §5.3.2.2 at most a minute. */
export function codeLifespan(client: RegisteredClient, configuration: Configuration): number {
  const { auth_code: usual } = configuration.ttl;
  return isUnderFapi(client, configuration) ? Math.min(usual, 60) : usual;
}

/** The expiry of a refresh token that is issued now. Undefined if it never expires, which a negative lifespan means. */
export function refreshExpiry(
  configuration: Configuration,
  client: RegisteredClient,
  grantType: string,
  now: Date,
): Date | undefined {
  const seconds = lifespan(configuration, client, grantType, 'refresh_token');
  return seconds < 0 ? undefined : expiryOf(now, seconds);
}

export function expiryOf(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}
