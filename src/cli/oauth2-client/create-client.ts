import type { Command } from 'commander';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { clientFile, type FileFlag, givenSecret } from './client-file.js';
import { clientFromFlags, withClientFlags } from './client-flags.js';
import { clientIn, clientRow, withSecret } from './client-listing.js';
import { clientCommand } from './client-names.js';
import { secretEncryption, withEncryption } from './secret-encryption.js';

interface CreateFlags extends FileFlag {
  id?: string;
}

export function createClient(verb: Command): void {
  const command = clientCommand(verb, 'oauth2-client', 'register a client');
  withRemote(withEncryption(withClientFlags(withSource(command)))).action(async () => {
    const [api, encrypted, document] = [apiOf(command), await secretEncryption(command), await documentOf(command)];
    const { body } = await api.call('POST', '/admin/clients', { json: document });
    await show(command, clientRow(await encrypted(withSecret(clientIn(body), givenSecret(command)))));
  });
}

function withSource(command: Command): Command {
  return command
    .option(
      '--file <file>',
      'JSON document of the client, - for standard input; its client_id and the other flags of the client are ignored',
    )
    .option('--id <id>', 'id of the client; left out: a random one');
}

/** As in Hydra, only the flag sets the id, so that one file can create several clients. */
async function documentOf(command: Command): Promise<object> {
  const { file, id } = flagsOf<CreateFlags>(command);
  const document = file === undefined ? clientFromFlags(command) : await clientFile(file, command);
  return { ...document, client_id: id };
}
