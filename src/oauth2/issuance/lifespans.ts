/** How long what we hand out lives: the client's own lifespan for the grant, else `ttl.*`. Seconds. */
import type { LifespanName } from '../../clients/client-metadata.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import {
  AUTHORIZATION_CODE,
  CLIENT_CREDENTIALS,
  DEVICE_CODE,
  IMPLICIT,
  JWT_BEARER,
  REFRESH_TOKEN,
} from '../../protocol/constants.js';

export type TokenKind = 'access_token' | 'id_token' | 'refresh_token';

/** The names of the client's fields, by grant type. */
const FIELD_PREFIX: Record<string, string> = {
  [AUTHORIZATION_CODE]: 'authorization_code_grant',
  [CLIENT_CREDENTIALS]: 'client_credentials_grant',
  [IMPLICIT]: 'implicit_grant',
  [JWT_BEARER]: 'jwt_bearer_grant',
  [REFRESH_TOKEN]: 'refresh_token_grant',
  [DEVICE_CODE]: 'device_authorization_grant',
};

/** Seconds, fractions allowed; for refresh tokens undefined means that they never expire. */
export function lifespan(
  configuration: Configuration,
  client: RegisteredClient,
  grantType: string,
  kind: TokenKind,
): number | undefined {
  const own = client.lifespan(`${FIELD_PREFIX[grantType] ?? ''}_${kind}_lifespan` as LifespanName);
  const seconds = own ?? configuration.ttl[kind];
  return kind === 'refresh_token' && seconds < 0 ? undefined : seconds;
}

export function expiryOf(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}
