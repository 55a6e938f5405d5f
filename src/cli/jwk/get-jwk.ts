import type { Command } from 'commander';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { keyRow, keyRows, keysIn, type ListedKey } from './key-listing.js';
import { jwkCommand, keySetPath } from './key-names.js';

/** Prints one key as itself, and several as a list; prints nothing where --public leaves no key. */
export function getJwk(verb: Command): void {
  const command = jwkCommand(verb, 'show the keys of sets, private parts included')
    .argument('<set...>', 'names of the sets')
    .option('--public', 'print the public parts alone');
  withRemote(command).action(async (sets: string[]) => {
    const api = apiOf(command);
    const publicOnly = flagsOf<{ public?: boolean }>(command).public;
    const keys: ListedKey[] = [];
    for (const set of sets) keys.push(...keysIn((await api.call('GET', keySetPath(set))).body, set, publicOnly));
    const [first, ...others] = keys;
    if (!first) return;
    await show(command, others.length > 0 ? keyRows(keys, sets.length === 1 ? sets[0] : undefined) : keyRow(first));
  });
}
