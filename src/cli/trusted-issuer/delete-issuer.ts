import type { Command } from 'commander';
import { deleteEach } from '../api/delete-each.js';
import { apiOf, withRemote } from '../api/remote.js';
import { issuerCommand, ISSUERS_PATH } from './issuer-listing.js';

export function deleteTrustedIssuer(verb: Command): void {
  const command = issuerCommand(verb, 'trusted-jwt-grant-issuer', 'stop accepting the assertions of issuers').argument(
    '<id...>',
    'ids of the trusted issuers',
  );
  withRemote(command).action(async (ids: string[]) => {
    const api = apiOf(command);
    await deleteEach(command, ids, (id) => api.call('DELETE', `${ISSUERS_PATH}/${encodeURIComponent(id)}`));
  });
}
