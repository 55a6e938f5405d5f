import type { Api } from '../api/api.js';
import { allPages } from '../api/pages.js';
import type { Client } from '../oauth2-client/client-listing.js';
import { clientPath } from '../oauth2-client/client-names.js';
import type { Change } from './change.js';
import type { Declaration } from './declaration.js';

/** Clients of the owner that no file declares. Other owners' clients, issuers and keys are never deleted. */
export async function surplusClients(api: Api, owner: string, declared: readonly Declaration[]): Promise<Change[]> {
  const ids = new Set(declared.map(({ spec }) => spec.client_id));
  const clients = await allPages<Client>(api, '/admin/clients', { owner });
  return clients
    .filter(({ client_id: id }) => !ids.has(id))
    .map(({ client_id: id }) => ({
      kind: 'OAuth2Client',
      id,
      action: 'deleted',
      members: [],
      carryOut: async () => {
        await api.call('DELETE', clientPath(id));
        return undefined;
      },
    }));
}
