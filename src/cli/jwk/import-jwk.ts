import type { Command } from 'commander';
import type { JWK } from 'jose';
import type { Api } from '../api/api.js';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { CommandFailed } from '../command-failed.js';
import { failureText } from '../failure-text.js';
import { nameOf, readInput, STANDARD_INPUT } from '../input/read-input.js';
import { keyRows, type ListedKey } from './key-listing.js';
import { jwkCommand, keySetPath } from './key-names.js';

interface ImportFlags {
  alg?: string;
  use?: string;
}

/** Tries every file. Keys that were stored before a failure stay, and so do the other keys of the set. */
export function importJwk(verb: Command): void {
  const command = jwkCommand(
    verb,
    'add keys from files to a set: JWK, or PEM or DER in PKCS #1, PKCS #8, SEC 1, SPKI, X.509',
  )
    .argument('<set>', 'name of the set')
    .argument('[file...]', 'files with a key each; left out, or -: standard input')
    .option('--alg <algorithm>', 'algorithm of keys that name none')
    .option('--use <use>', 'use of keys that name none (default: sig)');
  withRemote(command).action(async (set: string, files: string[]) => {
    const api = apiOf(command);
    const flags = flagsOf<ImportFlags>(command);
    const [stored, failures]: [ListedKey[], string[]] = [[], []];
    for (const file of files.length > 0 ? files : [STANDARD_INPUT]) {
      const keys = await keysOf(file, flags).catch((error: unknown) => {
        failures.push(`${nameOf(file)}: ${failureText(error)}`);
        return [];
      });
      for (const key of keys) {
        await store(api, set, key).then(
          () => stored.push({ ...key, set }),
          (error: unknown) => failures.push(`${nameOf(file)}: ${failureText(error)}`),
        );
      }
    }
    if (stored.length > 0) await show(command, keyRows(stored, set));
    if (failures.length > 0) throw new CommandFailed(failures.join('\n'));
  });
}

async function keysOf(file: string, { alg, use = 'sig' }: ImportFlags): Promise<JWK[]> {
  const { parseKeys } = await import('./parse-keys.js');
  const { randomUUID } = await import('node:crypto');
  return parseKeys(await readInput(file), 'it').map((key) => {
    const named = { ...key, kid: key.kid ?? randomUUID(), use: key.use ?? use, alg: key.alg ?? alg };
    if (named.alg === undefined) throw new CommandFailed('The key names no algorithm: say which with --alg.');
    return named;
  });
}

function store(api: Api, set: string, key: JWK): Promise<unknown> {
  return api.call('PUT', `${keySetPath(set)}/${encodeURIComponent(key.kid ?? '')}`, { json: key });
}
