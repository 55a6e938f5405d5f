import type { ClientProof } from '../../clients/authentication/client-proof.js';
import type { ClientsService } from '../../clients/clients.service.js';
import { introducedBy } from '../../clients/metadata-documents/introduced-client.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { invalidClient } from '../../protocol/oauth-error.js';

/**
 * The client that began a flow. Its key in the flow proves that it is the same one, and no later one of the same id.
 * @param what the client did, for the error: "of the device"
 * @throws OAuthError invalid_client if it was deleted
 */
export async function sameClient(
  clients: ClientsService,
  named: Pick<AuthorizationRequest, 'clientId' | 'clientDocument'> & { clientKey: string },
  what: string,
): Promise<ClientProof> {
  const holdsFor: ClientProof['holdsFor'] = (stored) => {
    const client = stored ?? introducedBy(named);
    if (client?.isOf(named.clientKey)) return Promise.resolve(client);
    return Promise.reject(invalidClient(`The OAuth 2.0 Client ${what} was deleted.`));
  };
  return { client: await holdsFor(await clients.find(named.clientId)), holdsFor };
}
