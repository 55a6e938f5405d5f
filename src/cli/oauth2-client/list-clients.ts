import { type Command, Option } from 'commander';
import { pageOf, pageQuery, withPages } from '../api/pages.js';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { type Client, clientRows } from './client-listing.js';
import { clientCommand } from './client-names.js';

interface ListFlags {
  name?: string;
  owner?: string;
  metadataDocument?: string;
}

export function listClients(verb: Command): void {
  const command = clientCommand(verb, 'oauth2-clients', 'list clients, page by page')
    .option('--name <name>', 'only clients of this name')
    .option('--owner <owner>', 'only clients of this owner')
    .addOption(
      new Option('--metadata-document <bool>', 'only clients known by their metadata document, or only others').choices(
        ['true', 'false'],
      ),
    );
  withRemote(withPages(command)).action(async () => {
    const { name, owner, metadataDocument } = flagsOf<ListFlags>(command);
    const query = { client_name: name, owner, metadata_document: metadataDocument, ...pageQuery(command) };
    const page = pageOf<Client>(await apiOf(command).call('GET', '/admin/clients', { query }));
    await show(command, { ...clientRows(page.items), ...page.listing });
  });
}
