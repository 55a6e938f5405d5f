import type { Command } from 'commander';
import type { Api, Reply } from '../api/api.js';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { clientFile, type FileFlag, givenSecret } from './client-file.js';
import { givenMembers, withClientFlags } from './client-flags.js';
import { clientIn, clientRow, withSecret } from './client-listing.js';
import { clientCommand, clientPath } from './client-names.js';
import { secretEncryption, withEncryption } from './secret-encryption.js';

/** Flags change single members (PATCH); a file replaces the whole client (PUT). */
export function updateClient(verb: Command): void {
  const command = clientCommand(verb, 'oauth2-client', 'change a client')
    .argument('<id>', 'id of the client')
    .option(
      '--file <file>',
      'replace the client by this JSON document, - for standard input; the other flags are ignored',
    );
  withRemote(withEncryption(withClientFlags(command))).action(async (id: string) => {
    const api = apiOf(command);
    const encrypted = await secretEncryption(command);
    const client = clientIn((await change(api, id, command)).body);
    await show(command, clientRow(await encrypted(withSecret(client, givenSecret(command)))));
  });
}

async function change(api: Api, id: string, command: Command): Promise<Reply> {
  const { file } = flagsOf<FileFlag>(command);
  if (file !== undefined) return api.call('PUT', clientPath(id), { json: await clientFile(file, command) });
  const patch = givenMembers(command).map(([member, value]) => ({ op: 'replace', path: `/${member}`, value }));
  return api.call('PATCH', clientPath(id), { json: patch });
}
