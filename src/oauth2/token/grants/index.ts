/** Every grant type of the token endpoint, one line each. Discovery reads this list too. */
import type { Type } from '@nestjs/common';
import type { ConfigHolder } from '../../../config/config-holder.js';
import type { Configuration } from '../../../config/configuration.js';
import {
  AUTHORIZATION_CODE,
  CIBA,
  CLIENT_CREDENTIALS,
  DEVICE_CODE,
  JWT_BEARER,
  REFRESH_TOKEN,
  TOKEN_EXCHANGE,
} from '../../../protocol/constants.js';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';
import { CibaGrant } from './ciba.grant.js';
import { ClientCredentialsGrant } from './client-credentials.grant.js';
import { DeviceCodeGrant } from './device-code.grant.js';
import type { EnabledGrants, Grant } from './grant.js';
import { JwtBearerGrant } from './jwt-bearer.grant.js';
import { RefreshTokenGrant } from './refresh-token.grant.js';
import { TokenExchangeGrant } from './token-exchange.grant.js';

const BY_TYPE = {
  [AUTHORIZATION_CODE]: AuthorizationCodeGrant,
  [CLIENT_CREDENTIALS]: ClientCredentialsGrant,
  [REFRESH_TOKEN]: RefreshTokenGrant,
  [DEVICE_CODE]: DeviceCodeGrant,
  [JWT_BEARER]: JwtBearerGrant,
  [CIBA]: CibaGrant,
  [TOKEN_EXCHANGE]: TokenExchangeGrant,
} satisfies Record<string, Type<Grant>>;

/** The grant types that exist only while a feature is on. */
const SWITCHES: Partial<Record<string, (configuration: Configuration) => boolean>> = {
  [CIBA]: ({ oidc }) => oidc.ciba.enabled,
  [TOKEN_EXCHANGE]: ({ oauth2 }) => oauth2.token_exchange.enabled,
};

/** The grant types that exist in this configuration. */
export function grantTypes(configuration: Configuration): string[] {
  return Object.keys(BY_TYPE).filter((type) => SWITCHES[type]?.(configuration) ?? true);
}

export const GRANT_CLASSES = Object.values(BY_TYPE);

/** Built from the instances of GRANT_CLASSES. */
export function enabledGrants(config: ConfigHolder, ...grants: Grant[]): EnabledGrants {
  const byType = new Map(grants.map((grant) => [grant.grantType, grant]));
  const types = (): string[] => grantTypes(config.current);
  return { types, get: (grantType) => (types().includes(grantType) ? byType.get(grantType) : undefined) };
}
