import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateJwk } from '../../../src/keys/generate-jwk.js';
import { publicPart } from '../../../src/keys/jwk.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Replica } from './replica.js';

const newSet = (): string => `set-${randomUUID()}`;
const es256 = (kid: string): Promise<JWK> => generateJwk('ES256', { kid, use: 'sig', rsaBits: 2048 });

describe('the administration of keys', () => {
  let database: TestDatabase;
  let replica: Replica;

  beforeAll(async () => {
    database = await freshDatabase();
    replica = await Replica.open(database.dsn);
  });
  afterAll(async () => {
    await replica.close();
    await database.drop();
  });

  const kids = async (set: string): Promise<unknown[]> =>
    (await replica.administration.list(set)).map((jwk) => jwk.kid);

  it('generates a key with a random kid and the use sig by default', async () => {
    const jwk = await replica.administration.create(newSet(), { alg: 'ES256', kid: '', use: '' });
    expect(jwk.kid).toMatch(/^[0-9a-f-]{36}$/);
    expect(jwk).toMatchObject({ use: 'sig', alg: 'ES256', kty: 'EC', crv: 'P-256' });
    expect(jwk.d).toBeDefined();
  });

  it('returns exactly the generated key', async () => {
    const set = newSet();
    const jwk = await replica.administration.create(set, { alg: 'RS256', kid: 'k' });
    expect(await replica.administration.list(set)).toEqual([jwk]);
    expect(await replica.administration.read(set, 'k')).toEqual(jwk);
  });

  it('adds to a set, the newest first', async () => {
    const set = newSet();
    for (const kid of ['a', 'b', 'c']) await replica.administration.create(set, { alg: 'ES256', kid });
    expect(await kids(set)).toEqual(['c', 'b', 'a']);
  });

  it('refuses a kid that is taken, and keeps the existing key', async () => {
    const set = newSet();
    const first = await replica.administration.create(set, { alg: 'ES256', kid: 'a' });
    await expect(replica.administration.create(set, { alg: 'ES256', kid: 'a' })).rejects.toMatchObject({ status: 409 });
    expect(await replica.administration.read(set, 'a')).toEqual(first);
  });

  it('adds one key if fifty with the same kid are created at once', async () => {
    const set = newSet();
    const requests = Array.from({ length: 50 }, () => replica.administration.create(set, { alg: 'ES256', kid: 'a' }));
    const made = (await Promise.allSettled(requests)).filter((result) => result.status === 'fulfilled');
    expect(made).toHaveLength(1);
  });

  it.each([undefined, '', 'XX256', 'none', 'HS256', 'rs256'])('refuses the algorithm %s', async (alg) => {
    await expect(replica.administration.create(newSet(), { alg })).rejects.toMatchObject({ status: 400 });
  });

  it('has different errors for an unknown set and an unknown key', async () => {
    const set = newSet();
    await replica.administration.create(set, { alg: 'ES256' });
    await expect(replica.administration.list(newSet())).rejects.toMatchObject({ status: 404, code: 'Not Found' });
    await expect(replica.administration.read(set, 'nope')).rejects.toMatchObject({
      status: 404,
      code: 'Unable to locate the resource',
    });
  });

  it('replaces a whole set; the last key is the newest', async () => {
    const set = newSet();
    await replica.administration.create(set, { alg: 'ES256', kid: 'old' });
    await replica.administration.replace(set, [await es256('n1'), await es256('n2'), await es256('n0')]);
    expect(await kids(set)).toEqual(['n0', 'n2', 'n1']);
    expect((await replica.keySets.signingKey(set)).kid).toBe('n0');
  });

  it('empties a set that is replaced by an empty list', async () => {
    const set = newSet();
    await replica.administration.create(set, { alg: 'ES256' });
    await replica.administration.replace(set, []);
    await expect(replica.administration.list(set)).rejects.toMatchObject({ status: 404 });
  });

  it('replaces nothing if one of the keys is invalid, or two have the same kid', async () => {
    const set = newSet();
    await replica.administration.create(set, { alg: 'ES256', kid: 'old' });
    const good = await es256('good');
    const broken = replica.administration.replace(set, [good, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }]);
    await expect(broken).rejects.toMatchObject({ status: 400, hint: expect.stringMatching(/^keys\.1: /) as string });
    await expect(replica.administration.replace(set, [good, good])).rejects.toMatchObject({ status: 409 });
    expect(await kids(set)).toEqual(['old']);
  });

  it('replaces the key with the same kid by a new one, as the newest, and keeps the others', async () => {
    const set = newSet();
    for (const kid of ['a', 'b']) await replica.administration.create(set, { alg: 'ES256', kid });
    const jwk = await es256('a');
    await replica.administration.put(set, jwk);
    await replica.administration.put(set, await es256('c'));
    expect(await kids(set)).toEqual(['c', 'a', 'b']);
    expect(await replica.administration.read(set, 'a')).toEqual(jwk);
  });

  it('stores keys without kid under the empty kid, also public and symmetric ones', async () => {
    const set = newSet();
    const { kid: _, ...nameless } = await es256('x');
    await replica.administration.replace(set, [
      nameless,
      publicPart(await es256('public')) ?? {},
      { kty: 'oct', k: 'c2VjcmV0', kid: 'oct' },
    ]);
    expect((await replica.administration.list(set)).map((jwk) => jwk.kid)).toEqual(['oct', 'public', undefined]);
  });

  it('deletes a key or a set, and accepts missing ones', async () => {
    const set = newSet();
    for (const kid of ['a', 'b']) await replica.administration.create(set, { alg: 'ES256', kid });
    await replica.administration.remove(set, 'a');
    expect(await kids(set)).toEqual(['b']);
    await replica.administration.remove(set);
    await expect(replica.administration.list(set)).rejects.toMatchObject({ status: 404 });
    await replica.administration.remove(set, 'a');
    await replica.administration.remove(set);
  });

  it.each(['a\u0000b', 'x'.repeat(256), '漢'.repeat(255) + '漢'])(
    'treats a name that cannot be as unknown, %#',
    async (name) => {
      await expect(replica.administration.list(name)).rejects.toMatchObject({ status: 404 });
      await expect(replica.administration.read('set', name)).rejects.toMatchObject({ status: 404 });
      await expect(replica.administration.remove(name)).resolves.toBeUndefined();
      await expect(replica.administration.remove('set', name)).resolves.toBeUndefined();
      await expect(replica.administration.create(name, { alg: 'ES256' })).rejects.toMatchObject({ status: 400 });
      await expect(replica.administration.create('set', { alg: 'ES256', kid: name })).rejects.toMatchObject({
        status: 400,
      });
      await expect(replica.administration.put(name, await es256('k'))).rejects.toMatchObject({ status: 400 });
    },
  );

  it('accepts names of any characters', async () => {
    const set = `https://issuer.example/${'漢'.repeat(150)}?a=%2F ${randomUUID()}`;
    await replica.administration.create(set, { alg: 'ES256', kid: '../ü 漢' });
    expect(await kids(set)).toEqual(['../ü 漢']);
  });
});
