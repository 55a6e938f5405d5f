import { requireAuthorizationDetails, requireGrantType, requireScope } from '../../clients/client-permissions.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { DEVICE_CODE } from '../../protocol/constants.js';
import { invalidGrant } from '../../protocol/oauth-error.js';
import { requireLocations, requireWanted } from '../issuance/wanted-audience.js';

type AskedOfDevice = Pick<AuthorizationRequest, 'scope' | 'audience' | 'resources' | 'authorizationDetails'>;

/** Checks that the client is registered for the request of a device. @throws OAuthError */
export function checkAsked(
  { scope, audience, resources, authorizationDetails = [] }: AskedOfDevice,
  client: RegisteredClient,
  configuration: Configuration,
): void {
  requireGrantType(client, DEVICE_CODE, invalidGrant);
  requireScope(client, scope, configuration.strategies.scope);
  requireWanted(client, { audience, resources }, configuration);
  requireAuthorizationDetails(client, authorizationDetails, configuration);
  requireLocations(authorizationDetails, { audience, resources });
}
