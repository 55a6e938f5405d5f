import type { Command } from 'commander';
import { showIds } from '../api/delete-each.js';
import { apiOf, withRemote } from '../api/remote.js';

/** Refresh tokens of the client are not deleted. */
export function deleteAccessTokens(verb: Command): void {
  const command = verb
    .command('access-tokens')
    .description('delete all access tokens of a client')
    .argument('<client-id>', 'id of the client');
  withRemote(command).action(async (id: string) => {
    await apiOf(command).call('DELETE', '/admin/oauth2/tokens', { query: { client_id: id } });
    await showIds(command, [id]);
  });
}
