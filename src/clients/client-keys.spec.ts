import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JWK, SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Configuration } from '../config/configuration.js';
import { ConfigHolder } from '../config/config-holder.js';
import { JwkSet } from '../jwt/jwk-set.js';
import type { KeySource, RemoteKeySets } from '../jwt/remote-key-sets.js';
import { ClientEntity } from './client.entity.js';
import { ClientJwtInvalid, ClientKeyNotFound, ClientKeys } from './client-keys.js';
import { type ClientMetadata, EMPTY_METADATA } from './client-metadata.js';
import { RegisteredClient } from './registered-client.js';

interface Pair {
  alg: string;
  privateKey: KeyObject;
  jwk: JWK;
}

function ec(kid: string, over: Partial<JWK> = {}): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { alg: 'ES256', privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, ...over } };
}

const sign = ({ alg, privateKey }: Pair, header: { kid?: string } = {}): Promise<string> =>
  new SignJWT({ hello: 'there' }).setProtectedHeader({ alg, ...header }).sign(privateKey);

const client = (metadata: Partial<ClientMetadata>): RegisteredClient =>
  new RegisteredClient(Object.assign(new ClientEntity(), { key: '1', metadata: { ...EMPTY_METADATA, ...metadata } }));

describe('the keys of a client', () => {
  let published: JWK[];
  let fresh: JWK[] | undefined;
  let refreshes: number;
  let sources: KeySource[];
  const want = { algorithms: ['ES256'] };
  const remote = {
    keys: (source: KeySource) => {
      sources.push(source);
      return Promise.resolve(new JwkSet(published));
    },
    refreshed: () => {
      refreshes++;
      return Promise.resolve(fresh && new JwkSet(fresh));
    },
  } as unknown as RemoteKeySets;
  const configuration = { dev: false, clients: { http: { disallow_private_ip_ranges: false } } } as Configuration;
  const keys = new ClientKeys(remote, new ConfigHolder(configuration));

  beforeEach(() => {
    [published, fresh, refreshes, sources] = [[], undefined, 0, []];
  });

  it('are kept imported within a number of bytes, however many clients have keys', async () => {
    const pair = ec('a');
    const own = new ClientKeys(remote, new ConfigHolder(configuration));
    const [jwks, jwt] = [Array<JWK>(20).fill(pair.jwk), await sign(pair)];
    for (let i = 0; i < 200; i++) await own.verify(client({ jwks: { keys: [...jwks] } }), jwt, want);
    const { calculatedSize, size } = Reflect.get(own, 'registered') as { calculatedSize: number; size: number };
    expect(calculatedSize).toBeLessThanOrEqual(16 * 2 ** 20);
    expect(calculatedSize / size).toBeGreaterThan(20 * 6_000);
    expect(size).toBeGreaterThan(50);
  });

  it('verify a JWT by its kid, among several', async () => {
    const [a, b] = [ec('a'), ec('b')];
    const both = client({ jwks: { keys: [a.jwk, b.jwk] } });
    const { header, payload } = await keys.verify(both, await sign(b, { kid: 'b' }), want);
    expect([header.kid, payload.hello]).toEqual(['b', 'there']);
    await expect(keys.verify(both, await sign(b, { kid: 'a' }), want)).rejects.toBeInstanceOf(ClientJwtInvalid);
    await expect(keys.verify(both, await sign(b, { kid: 'c' }), want)).rejects.toBeInstanceOf(ClientKeyNotFound);
  });

  it('are tried one after another where the JWT names none', async () => {
    const [a, b] = [ec('a'), ec('b')];
    expect((await keys.verify(client({ jwks: { keys: [a.jwk, b.jwk] } }), await sign(b), want)).payload.hello).toBe(
      'there',
    );
    await expect(keys.verify(client({ jwks: { keys: [a.jwk] } }), await sign(b), want)).rejects.toBeInstanceOf(
      ClientJwtInvalid,
    );
  });

  it.each([{ use: 'enc' }, { alg: 'ES384' }])('with %o are not for signatures of this kind', async (over) => {
    const a = ec('a', over);
    await expect(
      keys.verify(client({ jwks: { keys: [a.jwk] } }), await sign(a, { kid: 'a' }), want),
    ).rejects.toBeInstanceOf(ClientKeyNotFound);
  });

  it('verify only the requested algorithms, and no unsigned JWT', async () => {
    const a = ec('a');
    const one = client({ jwks: { keys: [a.jwk] } });
    await expect(keys.verify(one, await sign(a), { algorithms: ['RS256'] })).rejects.toBeInstanceOf(ClientJwtInvalid);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`;
    for (const jwt of [unsigned, 'x', 'a.b.c']) {
      await expect(keys.verify(one, jwt, { algorithms: ['none', 'ES256'] })).rejects.toBeInstanceOf(ClientJwtInvalid);
    }
  });

  it('at an address are fetched again where the key is not among them', async () => {
    const [old, rotated] = [ec('old'), ec('rotated')];
    const remote = client({ jwks_uri: 'https://client.example/jwks' });
    published = [old.jwk];
    fresh = [rotated.jwk];
    await keys.verify(remote, await sign(old, { kid: 'old' }), want);
    expect(refreshes).toBe(0);
    await keys.verify(remote, await sign(rotated, { kid: 'rotated' }), want);
    await keys.verify(remote, await sign(rotated), want);
    expect(refreshes).toBe(2);
    await expect(keys.verify(remote, await sign(rotated, { kid: 'old' }), want)).rejects.toBeInstanceOf(
      ClientJwtInvalid,
    );
    fresh = undefined;
    await expect(keys.verify(remote, await sign(rotated, { kid: 'rotated' }), want)).rejects.toBeInstanceOf(
      ClientKeyNotFound,
    );
  });

  it('are never fetched from private addresses for a stranger', async () => {
    const a = ec('a');
    published = [a.jwk];
    for (const dynamically_registered of [true, false]) {
      const one = client({ jwks_uri: 'https://client.example/jwks', dynamically_registered });
      await keys.verify(one, await sign(a), want);
    }
    expect(sources.map(({ allowPrivate }) => allowPrivate)).toEqual([false, true]);
  });

  it('that are damaged verify nothing', async () => {
    const a = ec('a');
    const broken = client({
      jwks: {
        keys: [
          { ...a.jwk, x: 'AAAA' },
          { kid: 'a', kty: 'EC' },
        ],
      },
    });
    await expect(keys.verify(broken, await sign(a, { kid: 'a' }), want)).rejects.toBeInstanceOf(ClientJwtInvalid);
  });

  it('of a client that registered none are not found', async () => {
    await expect(keys.verify(client({}), await sign(ec('a')), want)).rejects.toBeInstanceOf(ClientKeyNotFound);
  });

  describe('that a JWE is encrypted to', () => {
    const bare = ec('bare').jwk;

    it('is the first that fits', async () => {
      const jwks = { keys: [{ ...bare, use: 'sig' }, { ...bare, alg: 'ES256' }, { ...bare, kid: 'first' }, bare] };
      expect(await keys.recipient(client({ jwks }), 'ECDH-ES')).toMatchObject({ kid: 'first' });
      expect(await keys.recipient(client({ jwks }), 'ECDH-ES+A128KW')).toMatchObject({ kid: 'first' });
      await expect(keys.recipient(client({ jwks }), 'RSA-OAEP')).rejects.toThrow(ClientKeyNotFound);
      await expect(keys.recipient(client({}), 'ECDH-ES')).rejects.toThrow(ClientKeyNotFound);
    });

    it('is fetched anew where none fits, and only then', async () => {
      const remoteClient = client({ jwks_uri: 'https://app.example/jwks' });
      published = [{ ...bare, use: 'sig' }];
      await expect(keys.recipient(remoteClient, 'ECDH-ES')).rejects.toThrow(ClientKeyNotFound);
      fresh = [{ ...bare, kid: 'new' }];
      expect(await keys.recipient(remoteClient, 'ECDH-ES')).toMatchObject({ kid: 'new' });
      published = [bare];
      expect(await keys.recipient(remoteClient, 'ECDH-ES')).toMatchObject({ kid: 'bare' });
      expect(refreshes).toBe(2);
    });
  });
});
