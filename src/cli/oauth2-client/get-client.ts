import type { Command } from 'commander';
import { apiOf, show, withRemote } from '../api/remote.js';
import { type Client, clientIn, clientListing } from './client-listing.js';
import { clientCommand, clientPath } from './client-names.js';

/** The first unknown id ends the command, and nothing is printed. */
export function getClient(verb: Command): void {
  const command = clientCommand(verb, 'oauth2-client', 'show clients').argument('<id...>', 'ids of the clients');
  withRemote(command).action(async (ids: string[]) => {
    const api = apiOf(command);
    const clients: Client[] = [];
    for (const id of ids) clients.push(clientIn((await api.call('GET', clientPath(id))).body));
    await show(command, clientListing(clients));
  });
}
