import type { Command } from 'commander';
import { apiOf, show, withRemote } from '../api/remote.js';
import { clientIn, clientRow } from './client-listing.js';
import { clientPath } from './client-names.js';
import { secretEncryption, withEncryption } from './secret-encryption.js';

const rotation = (id: string): string => `${clientPath(id)}/secrets/rotate`;

/** Earlier secrets work until they are deleted. */
export function rotateSecret(verb: Command): void {
  const command = verb
    .command('oauth2-client-secret')
    .alias('client-secret')
    .description('give a client a new secret; the ones before it work until they are deleted')
    .argument('<id>', 'id of the client');
  withRemote(withEncryption(command)).action(async (id: string) => {
    const [api, encrypted] = [apiOf(command), await secretEncryption(command)];
    const client = clientIn((await api.call('POST', rotation(id))).body);
    await show(command, clientRow(await encrypted(client)));
  });
}

export function deleteRotatedSecrets(verb: Command): void {
  const command = verb
    .command('rotated-oauth2-client-secrets')
    .alias('rotated-client-secrets')
    .description('end the secrets that a client had before its current one')
    .argument('<id>', 'id of the client');
  withRemote(command).action(async (id: string) => {
    await show(command, clientRow(clientIn((await apiOf(command).call('DELETE', rotation(id))).body)));
  });
}
