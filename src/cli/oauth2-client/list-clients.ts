import type { Command } from 'commander';
import { pageOf, pageQuery, withPages } from '../api/pages.js';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { type Client, clientRows } from './client-listing.js';
import { clientCommand } from './client-names.js';

interface ListFlags {
  name?: string;
  owner?: string;
}

export function listClients(verb: Command): void {
  const command = clientCommand(verb, 'oauth2-clients', 'list clients, page by page')
    .option('--name <name>', 'only clients of this name')
    .option('--owner <owner>', 'only clients of this owner');
  withRemote(withPages(command)).action(async () => {
    const { name, owner } = flagsOf<ListFlags>(command);
    const query = { client_name: name, owner, ...pageQuery(command) };
    const page = pageOf<Client>(await apiOf(command).call('GET', '/admin/clients', { query }));
    await show(command, { ...clientRows(page.items), ...page.listing });
  });
}
