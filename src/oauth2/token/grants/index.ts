/** Every grant type of the token endpoint. Discovery reads this list too. */
import {
  AUTHORIZATION_CODE,
  CLIENT_CREDENTIALS,
  DEVICE_CODE,
  JWT_BEARER,
  REFRESH_TOKEN,
} from '../../../protocol/constants.js';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';
import { ClientCredentialsGrant } from './client-credentials.grant.js';
import { DeviceCodeGrant } from './device-code.grant.js';
import type { Grant } from './grant.js';
import { JwtBearerGrant } from './jwt-bearer.grant.js';
import { RefreshTokenGrant } from './refresh-token.grant.js';

export const GRANT_CLASSES = [
  AuthorizationCodeGrant,
  ClientCredentialsGrant,
  RefreshTokenGrant,
  DeviceCodeGrant,
] as const;

export const GRANT_TYPES = [AUTHORIZATION_CODE, CLIENT_CREDENTIALS, REFRESH_TOKEN, DEVICE_CODE, JWT_BEARER] as const;

/** The map of the pipeline, from the instances of GRANT_CLASSES. */
export function grantMap(...grants: Grant[]): ReadonlyMap<string, Grant> {
  return new Map(grants.map((grant) => [grant.grantType, grant]));
}
