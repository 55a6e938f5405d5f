import type { Command } from 'commander';
import { deleteEach } from '../api/delete-each.js';
import { apiOf, withRemote } from '../api/remote.js';
import { jwkCommand, keySetPath } from './key-names.js';

export function deleteJwk(verb: Command): void {
  const command = jwkCommand(verb, 'delete key sets with all their keys').argument('<set...>', 'names of the sets');
  withRemote(command).action(async (sets: string[]) => {
    const api = apiOf(command);
    await deleteEach(command, sets, (set) => api.call('DELETE', keySetPath(set)));
  });
}
