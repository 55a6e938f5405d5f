/** Every grant type of the token endpoint, one line each. Discovery reads this list too. */
import type { Type } from '@nestjs/common';
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

const BY_TYPE = {
  [AUTHORIZATION_CODE]: AuthorizationCodeGrant,
  [CLIENT_CREDENTIALS]: ClientCredentialsGrant,
  [REFRESH_TOKEN]: RefreshTokenGrant,
  [DEVICE_CODE]: DeviceCodeGrant,
  [JWT_BEARER]: JwtBearerGrant,
} satisfies Record<string, Type<Grant>>;

export const GRANT_TYPES: readonly string[] = Object.keys(BY_TYPE);

export const GRANT_CLASSES = Object.values(BY_TYPE);

/** The map from grant type to grant, built from the instances of GRANT_CLASSES. */
export function grantMap(...grants: Grant[]): ReadonlyMap<string, Grant> {
  return new Map(grants.map((grant) => [grant.grantType, grant]));
}
