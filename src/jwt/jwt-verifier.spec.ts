import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { signBytes, type SigningAlgorithm } from '../keys/algorithms.js';
import { generateJwk } from '../keys/generate-jwk.js';
import type { JsonWebKeyEntity } from '../keys/json-web-key.entity.js';
import { KeySet } from '../keys/key-set.js';
import type { KeySets } from '../keys/key-sets.js';
import { StoredKey } from '../keys/stored-key.js';
import { JwtVerifier } from './jwt-verifier.js';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function keyOf(kid: string, alg: SigningAlgorithm): Promise<StoredKey> {
  const jwk = await generateJwk(alg, { kid, use: 'sig', rsaBits: 2048 });
  return new StoredKey({ kid, state: 'active' } as JsonWebKeyEntity, jwk);
}

async function sign(key: StoredKey, header: object): Promise<string> {
  const input = `${encode(header)}.${encode({ sub: 'alice' })}`;
  const privateKey = createPrivateKey({ key: key.jwk as JsonWebKey, format: 'jwk' });
  const signature = await signBytes(key.alg ?? 'RS256', privateKey, Buffer.from(input));
  return `${input}.${signature.toString('base64url')}`;
}

/** The key sets of a server that has read them. */
function verifierOf(...sets: KeySet[]): JwtVerifier {
  const get = (id: string): Promise<KeySet> => Promise.resolve(sets.find((set) => set.id === id) ?? empty(id));
  const find = async (id: string, kid: string): Promise<StoredKey | undefined> => (await get(id)).find(kid);
  return new JwtVerifier({ get, find } as unknown as KeySets);
}

const empty = (id: string): KeySet => new KeySet(id, [], []);

describe('a JWT handed back to this server', () => {
  let newest: StoredKey, older: StoredKey, elliptic: StoredKey, foreign: StoredKey;
  let verifier: JwtVerifier;

  beforeAll(async () => {
    [newest, older, elliptic, foreign] = await Promise.all([
      keyOf('newest', 'ES256'),
      keyOf('older', 'ES256'),
      keyOf('elliptic', 'ES384'),
      keyOf('foreign', 'ES256'),
    ]);
    verifier = verifierOf(new KeySet('set', [newest, older, elliptic], []), new KeySet('other', [foreign], []));
  });

  it.each([
    ['the key that made the signature', 'older'],
    ['another key of the set', 'newest'],
    ['a key of another algorithm', 'elliptic'],
    ['a key that is gone', 'gone'],
    ['no key', undefined],
  ])('is verified when its kid names %s', async (_, kid) => {
    const jwt = await sign(older, { alg: 'ES256', kid });
    await expect(verifier.verify('set', jwt)).resolves.toMatchObject({ payload: { sub: 'alice' } });
  });

  it('is tried first with the key that its kid names', async () => {
    const set = new KeySet('set', [newest, older], []);
    let tries = 0;
    Object.defineProperty(newest, 'publicKey', { get: () => (tries++, undefined), configurable: true });
    await verifierOf(set).verify('set', await sign(older, { alg: 'ES256', kid: 'older' }));
    Reflect.deleteProperty(newest, 'publicKey');
    expect(tries).toBe(0);
  });

  it.each(['foreign', 'newest', undefined])('is refused when a key of another set signed it: kid %s', async (kid) => {
    const jwt = await sign(foreign, { alg: 'ES256', kid });
    await expect(verifier.verify('set', jwt)).resolves.toBeUndefined();
    await expect(verifier.verify(['set', 'other'], jwt)).resolves.toBeDefined();
  });

  it('is refused when it names another algorithm than that of its key', async () => {
    const jwt = await sign(elliptic, { alg: 'ES256', kid: 'elliptic' });
    await expect(verifier.verify('set', jwt)).resolves.toBeUndefined();
  });
});
