import { requireAudience, requireGrantType, requireScope } from '../../clients/client-permissions.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import { DEVICE_CODE } from '../../protocol/constants.js';
import { invalidGrant } from '../../protocol/oauth-error.js';

/** Checks that the client is registered for the request of a device. @throws OAuthError */
export function checkAsked(
  { scope, audience }: { scope: readonly string[]; audience: readonly string[] },
  client: RegisteredClient,
  { strategies }: Configuration,
): void {
  requireGrantType(client, DEVICE_CODE, invalidGrant);
  requireScope(client, scope, strategies.scope);
  requireAudience(client, audience);
}
