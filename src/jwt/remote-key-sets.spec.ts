import { generateKeyPairSync } from 'node:crypto';
import type { createLocalJWKSet } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DocumentRequest, Documents } from '../http/outbound/documents.js';
import { OutboundError } from '../http/outbound/outbound-error.js';
import { MAX_FOREIGN_KEYS } from '../keys/foreign-keys.js';
import type { JwkSet } from './jwk-set.js';
import { type KeySource, RemoteKeysUnreachable, RemoteKeySets } from './remote-key-sets.js';

const URI = 'https://client.example/jwks';
let now: number;
let answer: () => { status: number; text: string };
let asked: DocumentRequest[];

class TestedKeySets extends RemoteKeySets {
  protected override clock(): number {
    return now;
  }
}

const source = (over: Partial<KeySource> = {}): KeySource => ({ owner: '1', uri: URI, allowPrivate: true, ...over });
const keysOf = (set: JwkSet | undefined): unknown =>
  set && (Reflect.get(set, 'choose') as ReturnType<typeof createLocalJWKSet>).jwks().keys;

function keySets(): RemoteKeySets {
  const documents = {
    read: (request: DocumentRequest) => {
      asked.push(request);
      return Promise.resolve().then(answer);
    },
  };
  return new TestedKeySets(documents as unknown as Documents);
}

const { publicKey } = generateKeyPairSync('ed25519');
const key = (kid: string): object => ({ ...publicKey.export({ format: 'jwk' }), kid });
const serve = (...kids: string[]): void => {
  serveKeys(kids.map(key));
};
const serveKeys = (keys: object[]): void => {
  answer = () => ({ status: 200, text: JSON.stringify({ keys }) });
};

describe('remote key sets', () => {
  beforeEach(() => {
    now = 1_000_000;
    asked = [];
    serve('a');
  });

  it('are fetched once an hour', async () => {
    const sets = keySets();
    expect(keysOf(await sets.keys(source()))).toEqual([key('a')]);
    now += 3_599_999;
    await sets.keys(source());
    expect(asked).toHaveLength(1);
    now += 1;
    await sets.keys(source());
    expect(asked).toHaveLength(2);
  });

  it('are fetched again for an unknown key, with a pause between two fetches', async () => {
    const sets = keySets();
    await sets.keys(source());
    serve('b');
    expect(keysOf(await sets.refreshed(source()))).toEqual([key('b')]);
    expect(keysOf(await sets.refreshed(source()))).toBeUndefined();
    now += 10_000;
    expect(keysOf(await sets.refreshed(source()))).toEqual([key('b')]);
    expect(asked).toHaveLength(3);
  });

  it('are fetched once for concurrent callers', async () => {
    const sets = keySets();
    await Promise.all([sets.keys(source()), sets.keys(source()), sets.refreshed(source())]);
    expect(asked).toHaveLength(1);
  });

  it('are fetched anew when the address changes', async () => {
    const sets = keySets();
    await sets.keys(source());
    await sets.keys(source({ uri: 'https://client.example/other' }));
    expect(asked.map(({ url }) => url)).toEqual([URI, 'https://client.example/other']);
  });

  it.each([
    ['another status than 200', { status: 503, text: '{"keys":[]}' }],
    ['a body that is not JSON', { status: 200, text: '<html>' }],
    ['a body that is not a key set', { status: 200, text: '{"keys":{}}' }],
  ])('count as unreachable after a response with %s, and are not fetched again at once', async (_, given) => {
    const sets = keySets();
    answer = () => given;
    await expect(sets.keys(source())).rejects.toBeInstanceOf(RemoteKeysUnreachable);
    serve('a');
    await expect(sets.keys(source())).rejects.toBeInstanceOf(RemoteKeysUnreachable);
    now += 10_000;
    expect(keysOf(await sets.keys(source()))).toEqual([key('a')]);
  });

  it('may be fetched at once if the last fetch was never sent because too many were waiting', async () => {
    const sets = keySets();
    answer = () => {
      throw new OutboundError('busy', 'Too many.');
    };
    await expect(sets.keys(source())).rejects.toBeInstanceOf(RemoteKeysUnreachable);
    serve('a');
    expect(keysOf(await sets.keys(source()))).toEqual([key('a')]);
  });

  it('are fetched from private addresses only if the source allows it', async () => {
    await keySets().keys(source({ allowPrivate: false }));
    await keySets().keys(source());
    expect(asked.map(({ allowPrivate }) => allowPrivate)).toEqual([false, true]);
  });

  it('contain only the public parts of keys that are acceptable for verification', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    serveKeys([short, { kty: 'oct', k: 'c2VjcmV0' }, { ...key('a'), d: 'c2VjcmV0', other: {} }]);
    expect(keysOf(await keySets().keys(source()))).toEqual([key('a')]);
  });

  it('count as unreachable if they have more keys than a client may have', async () => {
    serve(...Array.from({ length: MAX_FOREIGN_KEYS + 1 }, (_, i) => `${i}`));
    await expect(keySets().keys(source())).rejects.toBeInstanceOf(RemoteKeysUnreachable);
  });

  it('are kept within a number of bytes, however long their keys are', async () => {
    const sets = keySets();
    serveKeys([{ ...key('a'), x5c: Array.from({ length: 1_000 }, () => 'x'.repeat(100)) }]);
    for (let i = 0; i < 300; i++) await sets.keys(source({ owner: `${i}` }));
    const { calculatedSize, size } = Reflect.get(sets, 'sets') as { calculatedSize: number; size: number };
    expect(calculatedSize).toBeLessThanOrEqual(8 * 2 ** 20);
    expect(size).toBeGreaterThan(20);
    await sets.keys(source({ owner: '299' }));
    expect(asked).toHaveLength(300);
  });
});
