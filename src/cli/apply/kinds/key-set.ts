import type { JWK } from 'jose';
import { isDeepStrictEqual } from 'node:util';
import { found } from '../../api/found.js';
import { CommandFailed } from '../../command-failed.js';
import { keySetPath } from '../../jwk/key-names.js';
import { type Change, unchanged } from '../change.js';
import { type Declaration, textMember } from '../declaration.js';
import { sourced } from '../value-sources.js';
import type { Plan } from './kind.js';

const KIND = 'JsonWebKeySet';

/** Keys of the set that no file names stay: tokens that they signed are still valid. No part of a key is shown. */
export const planKeySet: Plan = async (declaration, api) => {
  const set = textMember(declaration, 'set');
  const keys = await keysOf(declaration);
  const there = (await found<{ keys: JWK[] }>(api, keySetPath(set)))?.keys;
  const differing = keys.filter((key) => !there?.some((one) => isSameKey(one, key)));
  if (differing.length === 0) return unchanged(KIND, set);
  return {
    kind: KIND,
    id: set,
    action: there ? 'changed' : 'created',
    members: differing.map(({ kid, alg }) => ({ member: `key ${kid}${alg ? ` (${alg})` : ''}` })),
    carryOut: async () => {
      // The newest key signs: the first of the file is stored last.
      for (const key of [...differing].reverse()) {
        await api.call('PUT', `${keySetPath(set)}/${encodeURIComponent(key.kid)}`, { json: key });
      }
      return undefined;
    },
  } satisfies Change;
};

async function keysOf(declaration: Declaration): Promise<(JWK & { kid: string })[]> {
  const { parseKeys } = await import('../../jwk/parse-keys.js');
  const { keys, alg } = declaration.spec;
  const content = await sourced(keys, declaration);
  const list = content ? parseKeys(content, declaration.where) : keys;
  if (!Array.isArray(list))
    throw new CommandFailed(`${declaration.where}: ${KIND} needs spec.keys, a list of JWKs or {from_file: PATH}.`);
  return (list as JWK[]).map((key) => {
    const { kid } = key;
    if (typeof kid !== 'string') throw new CommandFailed(`${declaration.where}: every key needs a kid.`);
    return { use: 'sig', ...(typeof alg === 'string' && { alg }), ...key, kid };
  });
}

/** Members that the server adds do not count. */
function isSameKey(there: JWK, key: JWK): boolean {
  return Object.entries(key).every(([member, value]) => isDeepStrictEqual(Reflect.get(there, member), value));
}
