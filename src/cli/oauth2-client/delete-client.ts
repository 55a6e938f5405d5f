import type { Command } from 'commander';
import { deleteEach } from '../api/delete-each.js';
import { apiOf, withRemote } from '../api/remote.js';
import { clientCommand, clientPath } from './client-names.js';

export function deleteClient(verb: Command): void {
  const command = clientCommand(verb, 'oauth2-client', 'delete clients with their grants and tokens').argument(
    '<id...>',
    'ids of the clients',
  );
  withRemote(command).action(async (ids: string[]) => {
    const api = apiOf(command);
    await deleteEach(command, ids, (id) => api.call('DELETE', clientPath(id)));
  });
}
