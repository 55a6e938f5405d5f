import { requireAuthorizationDetails, requireGrantType, requireScope } from '../../clients/client-permissions.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import type { BackchannelRequest } from '../../protocol/backchannel-request.js';
import { CIBA } from '../../protocol/constants.js';
import { unauthorizedClient } from '../../protocol/oauth-error.js';
import { requireLocations, requireWanted } from '../issuance/wanted-audience.js';

/** CIBA Core §7.1: the client proves who it is, and is registered for the grant type. @throws OAuthError */
export function requireCibaClient(client: RegisteredClient, { oidc }: Configuration): void {
  requireGrantType(client, CIBA);
  if (client.isPublic) throw unauthorizedClient('Backchannel authentication is for clients that prove who they are.');
  const mode = deliveryMode(client);
  if (oidc.ciba.delivery_modes.some((one) => one === mode)) return;
  throw unauthorizedClient(
    `'backchannel_token_delivery_mode' of the client is ${mode}, which this server does not offer (oidc.ciba.delivery_modes).`,
  );
}

export function deliveryMode({ metadata }: RegisteredClient): string {
  return metadata.backchannel_token_delivery_mode ?? 'poll';
}

type Asked = Pick<BackchannelRequest, 'scope' | 'audience' | 'resources' | 'authorizationDetails'>;

/** Checks that the client is registered for what it asks for; it may change until the person answers. @throws OAuthError */
export function checkAsked(
  { scope, audience, resources, authorizationDetails = [] }: Asked,
  client: RegisteredClient,
  configuration: Configuration,
): void {
  requireScope(client, scope, configuration.strategies.scope);
  requireWanted(client, { audience, resources }, configuration);
  requireAuthorizationDetails(client, authorizationDetails, configuration);
  requireLocations(authorizationDetails, { audience, resources });
}
