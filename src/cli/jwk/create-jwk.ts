import type { Command } from 'commander';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { keyRows, keysIn } from './key-listing.js';
import { jwkCommand, keySetPath } from './key-names.js';

interface KeyFlags {
  alg?: string;
  use?: string;
  public?: boolean;
}

export function createJwk(verb: Command): void {
  const command = jwkCommand(verb, 'make a key and add it to a set')
    .argument('<set>', 'name of the set')
    .argument('[kid]', 'name of the key; left out: a random one')
    .option(
      '--alg <algorithm>',
      'RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA (default: RS256)',
    )
    .option('--use <use>', 'sig or enc (default: sig)')
    .option('--public', 'print the public part alone');
  withRemote(command).action(async (set: string, kid: string | undefined) => {
    const { alg = 'RS256', use = 'sig', public: publicOnly } = flagsOf<KeyFlags>(command);
    const { body } = await apiOf(command).call('POST', keySetPath(set), { json: { alg, kid: kid ?? '', use } });
    await show(command, keyRows(keysIn(body, set, publicOnly), set));
  });
}
