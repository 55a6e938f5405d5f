import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import { firstRefusedAudience } from '../../protocol/audience.js';
import { DEVICE_CODE } from '../../protocol/constants.js';
import { invalidGrant, invalidRequest, invalidScope } from '../../protocol/oauth-error.js';
import { firstRefusedScope } from '../../protocol/scope.js';

/** What a device asks of the registration of its client. @throws OAuthError */
export function checkAsked(
  { scope, audience }: { scope: readonly string[]; audience: readonly string[] },
  client: RegisteredClient,
  { strategies }: Configuration,
): void {
  if (!client.mayUse(DEVICE_CODE)) throw invalidGrant(`Add '${DEVICE_CODE}' to the grant types of the client.`);
  const refused = firstRefusedScope(strategies.scope, client.scope, scope);
  if (refused) throw invalidScope(`The OAuth 2.0 Client is not allowed to request scope '${refused}'.`);
  const unknown = firstRefusedAudience(client.audience, audience);
  if (unknown) throw invalidRequest(`Requested audience '${unknown}' is not registered for the OAuth 2.0 Client.`);
}
