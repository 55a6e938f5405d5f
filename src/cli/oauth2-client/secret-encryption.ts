/** `--pgp-key`, `--pgp-key-url` and `--keybase` encrypt a returned secret for the owner of a PGP key. */
import type { Command } from 'commander';
import type { Key } from 'openpgp';
import { webAddress } from '../api/api.js';
import { exchange } from '../api/http-exchange.js';
import { flagsOf } from '../api/remote.js';
import { CommandFailed } from '../command-failed.js';
import type { Client } from './client-listing.js';

interface EncryptionFlags {
  pgpKey?: string;
  pgpKeyUrl?: string;
  keybase?: string;
}

export function withEncryption(command: Command): Command {
  return command
    .option('--pgp-key <base64>', 'PGP public key: the secret is printed encrypted for its owner')
    .option('--pgp-key-url <url>', 'address of such a key')
    .option('--keybase <user>', 'Keybase user whose key it is');
}

/**
 * Encrypts the secrets of clients that the server returns. The key is read first, so that no client is created whose
 * secret could not be shown.
 * @throws CommandFailed where there is no usable key
 */
export async function secretEncryption(command: Command): Promise<(client: Client) => Promise<Client>> {
  const key = await keyText(flagsOf<EncryptionFlags>(command));
  if (key === undefined) return (client) => Promise.resolve(client);
  const openpgp = await import('openpgp');
  const encryptionKeys = await readKeys(openpgp, key);
  return async (client) => {
    if (!client.client_secret) return client;
    const message = await openpgp.createMessage({ text: client.client_secret });
    const sealed: unknown = await openpgp
      .encrypt({ message, encryptionKeys, format: 'binary' })
      .catch((error: unknown) => {
        throw new CommandFailed(
          `The secret of client ${client.client_id} cannot be encrypted with this key: rotate it and use another key.`,
          error,
        );
      });
    return { ...client, client_secret: Buffer.from(sealed as Uint8Array).toString('base64') };
  };
}

/** Where several flags are given, the first in this order applies. */
async function keyText({ pgpKey, pgpKeyUrl, keybase }: EncryptionFlags): Promise<Buffer | undefined> {
  if (pgpKey) return Buffer.from(pgpKey, pgpKey.startsWith('-----') ? 'utf8' : 'base64');
  if (pgpKeyUrl) return fetchKey(pgpKeyUrl);
  if (keybase) return fetchKey(`https://keybase.io/${encodeURIComponent(keybase)}/pgp_keys.asc`);
  return undefined;
}

/** Headers that are meant for the server are not sent here. */
async function fetchKey(address: string): Promise<Buffer> {
  const url = webAddress(address);
  const { status, text } = await exchange({ method: 'GET', url, headers: { 'user-agent': 'ostiary' } });
  if (status !== 200) throw new CommandFailed(`${address} answered ${status} instead of a PGP key.`);
  return Buffer.from(text);
}

async function readKeys(openpgp: typeof import('openpgp'), content: Buffer): Promise<Key[]> {
  const isArmored = content.includes('-----BEGIN PGP');
  const keys = await (
    isArmored
      ? openpgp.readKeys({ armoredKeys: content.toString() })
      : openpgp.readKeys({ binaryKeys: new Uint8Array(content) })
  ).catch(() => []);
  const usable = await Promise.all(keys.map((key) => key.getEncryptionKey().then(Boolean, () => false)));
  const found = keys.filter((_, index) => usable[index]);
  if (found.length > 0) return found;
  throw new CommandFailed('There is no PGP public key that can encrypt: export one with gpg --export <id> | base64.');
}
