import { randomUUID } from 'node:crypto';
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { generateJwk } from '../../../src/keys/generate-jwk.js';
import { publicPart } from '../../../src/keys/jwk.js';
import { ACCESS_TOKEN_KEY_SET, ID_TOKEN_KEY_SET } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { configure, Replica, SECRET } from './replica.js';

const newSet = (): string => `set-${randomUUID()}`;
const es256 = (kid: string): Promise<JWK> => generateJwk('ES256', { kid, use: 'sig', rsaBits: 2048 });
const kidsOf = async (replica: Replica, setId: string): Promise<string[]> =>
  (await replica.records.rows(setId)).map((row) => row.kid);

describe('key sets', () => {
  let database: TestDatabase;
  let one: Replica;
  let two: Replica;

  beforeAll(async () => {
    database = await freshDatabase();
    [one, two] = await Promise.all([Replica.open(database.dsn), Replica.open(database.dsn)]);
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await database.drop();
  });

  describe('generation', () => {
    it('generates one RS256 key of 2048 bits if a set has no signing key', async () => {
      const set = newSet();
      const key = await one.keySets.signingKey(set);
      expect(key.alg).toBe('RS256');
      const [jwk] = await one.administration.list(set);
      expect(jwk).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', kid: key.kid });
      expect(Buffer.from(String(jwk?.n), 'base64url')).toHaveLength(256);
    });

    it('generates only one key if two processes use an empty set at once, many times each', async () => {
      const set = newSet();
      const asking = Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).keySets.signingKey(set));
      const kids = new Set((await Promise.all(asking)).map((key) => key.kid));
      expect(kids.size).toBe(1);
      expect(await kidsOf(one, set)).toEqual([...kids]);
    });

    it('generates a key of the configured algorithm', async () => {
      const replica = await Replica.open(database.dsn, { keys: { algorithm: 'ES256' } });
      expect((await replica.keySets.signingKey(newSet())).alg).toBe('ES256');
      await replica.close();
    });

    it('always adds an RS256 key to the set that signs ID tokens, which is not the default signing key', async () => {
      const other = await freshDatabase();
      const replica = await Replica.open(other.dsn, { keys: { algorithm: 'ES256' } });
      expect((await replica.keySets.signingKey(ID_TOKEN_KEY_SET)).alg).toBe('ES256');
      expect(await replica.keySets.algorithms(ID_TOKEN_KEY_SET)).toEqual(['ES256', 'RS256']);
      const { kid } = await replica.keySets.signingKey(ID_TOKEN_KEY_SET, 'RS256');
      await replica.administration.remove(ID_TOKEN_KEY_SET, kid);
      expect((await replica.keySets.signingKey(ID_TOKEN_KEY_SET, 'RS256')).kid).not.toBe(kid);
      await replica.administration.replace(ID_TOKEN_KEY_SET, [await es256('a'), await es256('b')]);
      expect(await replica.keySets.algorithms(ID_TOKEN_KEY_SET)).toEqual(['ES256', 'RS256']);
      expect((await replica.keySets.signingKey(ID_TOKEN_KEY_SET)).kid).toBe('b');
      await replica.close();
      await other.drop();
    });

    it('generates a key of a requested algorithm once, which is not the default signing key', async () => {
      const set = newSet();
      const { kid } = await one.keySets.signingKey(set);
      const asking = Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).keySets.signingKey(set, 'ES256'));
      const made = await Promise.all(asking);
      expect(new Set(made.map((key) => `${key.alg} ${key.kid}`)).size).toBe(1);
      for (const replica of [one, two]) {
        replica.keySets.forget();
        expect(await replica.keySets.algorithms(set)).toEqual(['RS256', 'ES256']);
        expect((await replica.keySets.signingKey(set)).kid).toBe(kid);
      }
    });

    it('generates a key if a set has only public keys and encryption keys, which cannot sign', async () => {
      const set = newSet();
      await one.administration.put(set, publicPart(await es256('public')) ?? {});
      await one.administration.create(set, { alg: 'ES256', kid: 'enc', use: 'enc' });
      expect((await one.keySets.signingKey(set)).alg).toBe('RS256');
      expect(await kidsOf(one, set)).toHaveLength(3);
    });
  });

  describe('a key that was copied into the row of another key', () => {
    it('neither signs nor is published, whichever set or kid it came from', async () => {
      const [a, b] = [newSet(), newSet()];
      for (const [set, kid] of [
        [a, 'one'],
        [b, 'one'],
        [b, 'two'],
      ] as const) {
        await one.administration.create(set, { alg: 'ES256', kid, use: 'sig' });
      }
      const [second, first] = await one.records.rows(b);
      const move = 'update json_web_key set sealed_jwk = $3 where set_id = $1 and kid = $2';
      await one.dataSource.query(move, [a, 'one', first?.sealedJwk]);
      await one.dataSource.query(move, [b, 'one', second?.sealedJwk]);
      const fresh = await Replica.open(database.dsn);
      expect(await fresh.keySets.publicJwks([a, b])).toEqual([expect.objectContaining({ kid: 'two' })]);
      await expect(fresh.keySets.signingKey(a)).rejects.toMatchObject({ code: 'misconfiguration' });
      await fresh.close();
    });
  });

  describe('rotation by adding a key', () => {
    it('signs with the newest key, at once in this process and soon in others', async () => {
      const set = newSet();
      const before = await one.keySets.signingKey(set);
      await two.keySets.signingKey(set);
      await one.administration.create(set, { alg: 'ES256', kid: 'new' });
      expect(await one.keySets.signingKey(set)).toMatchObject({ kid: 'new', alg: 'ES256' });
      expect(before.kid).not.toBe('new');
      await vi.waitFor(
        async () => {
          expect((await two.keySets.signingKey(set)).kid).toBe('new');
        },
        { timeout: 30_000 },
      );
    });

    it('signs with the newest key of the requested algorithm', async () => {
      const set = newSet();
      for (const [alg, kid] of [
        ['ES256', 'old'],
        ['RS256', 'rsa'],
        ['ES256', 'new'],
        ['EdDSA', 'newest'],
      ] as const) {
        await one.administration.create(set, { alg, kid });
      }
      const kid = async (alg?: 'ES256' | 'RS256'): Promise<unknown> =>
        decodeProtectedHeader(await one.signer.sign(set, {}, { alg })).kid;
      expect([await kid(), await kid('ES256'), await kid('RS256')]).toEqual(['newest', 'new', 'rsa']);
    });

    it('keeps earlier signatures valid, by kid', async () => {
      const set = newSet();
      const before = await one.signer.sign(set, { sub: 'aeneas' });
      await one.administration.create(set, { alg: 'EdDSA' });
      const after = await one.signer.sign(set, { sub: 'dido' });
      expect((await one.verifier.verify(set, before))?.payload).toEqual({ sub: 'aeneas' });
      expect((await one.verifier.verify(set, after))?.payload).toEqual({ sub: 'dido' });
    });

    it('finds a key of another process as soon as it must verify its signature', async () => {
      const set = newSet();
      await two.keySets.signingKey(set);
      await one.administration.create(set, { alg: 'ES256', kid: 'new' });
      const jwt = await one.signer.sign(set, { sub: 'aeneas' });
      await vi.waitFor(
        async () => {
          expect(await two.verifier.verify(set, jwt)).toBeDefined();
        },
        { timeout: 30_000 },
      );
    });
  });

  describe('signatures', () => {
    it('verify with the published key, in another implementation, for every algorithm', async () => {
      for (const alg of ['RS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA']) {
        const set = newSet();
        await one.administration.create(set, { alg, kid: alg });
        const jwt = await one.signer.sign(set, { sub: 'aeneas' });
        const [jwk] = await one.keySets.publicJwks([set]);
        const { protectedHeader } = await compactVerify(jwt, await importJWK(jwk ?? {}, alg));
        expect(protectedHeader).toEqual({ alg, kid: alg, typ: 'JWT' });
      }
    });

    it('keep the digits of integers beyond 2^53', async () => {
      const set = newSet();
      const jwt = await one.signer.sign(set, { big: 12345678901234567890n });
      expect(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()).toBe('{"big":12345678901234567890}');
      expect((await one.verifier.verify(set, jwt))?.payload).toEqual({ big: 12345678901234567890n });
    });

    it('have the requested typ, and claims that depend on the algorithm', async () => {
      const set = newSet();
      await one.administration.create(set, { alg: 'ES384' });
      const jwt = await one.signer.sign(set, (alg: string) => ({ made_with: alg }), { typ: 'logout+jwt' });
      expect(decodeProtectedHeader(jwt).typ).toBe('logout+jwt');
      expect((await one.verifier.verify(set, jwt))?.payload).toEqual({ made_with: 'ES384' });
    });

    it('verify with several sets, also without kid, and never with a set that did not make them', async () => {
      const [set, other] = [newSet(), newSet()];
      await one.keySets.signingKey(other);
      const jwt = await one.signer.sign(set, { sub: 'aeneas' });
      expect(await one.verifier.verify(other, jwt)).toBeUndefined();
      expect(await one.verifier.verify([other, set], jwt)).toBeDefined();
      const jwk = await es256('anonymous');
      await one.administration.put(other, jwk);
      const { SignJWT } = await import('jose');
      const anonymous = await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).sign(await importJWK(jwk, 'ES256'));
      expect(await one.verifier.verify([set, other], anonymous)).toBeDefined();
      expect(await one.verifier.verify(newSet(), jwt)).toBeUndefined();
    });

    it('are refused once their key is deleted', async () => {
      const set = newSet();
      const jwt = await one.signer.sign(set, {});
      await one.administration.remove(set);
      expect(await one.verifier.verify(set, jwt)).toBeUndefined();
    });
  });

  describe('keys that are no signing keys', () => {
    it('are not selected: retired, next, symmetric, of an algorithm that does not fit', async () => {
      const set = newSet();
      const now = new Date();
      await one.records.add(set, { jwk: await es256('active') }, now);
      await one.records.add(set, { jwk: await es256('retired'), state: 'retired' }, now);
      await one.records.add(set, { jwk: await es256('next'), state: 'next' }, now);
      await one.records.add(set, { jwk: { kty: 'oct', k: 'c2VjcmV0', kid: 'oct', alg: 'HS256' } }, now);
      await one.records.add(set, { jwk: { ...(await es256('wrong')), alg: 'RS256' } }, now);
      expect((await one.keySets.signingKey(set)).kid).toBe('active');
    });

    it('are published if they have a public part', async () => {
      const set = newSet();
      await one.records.add(set, { jwk: await es256('retired'), state: 'retired' }, new Date());
      await one.records.add(set, { jwk: await es256('next'), state: 'next' }, new Date());
      await one.records.add(set, { jwk: { kty: 'oct', k: 'c2VjcmV0', kid: 'oct' } }, new Date());
      expect((await one.keySets.publicJwks([set])).map((jwk) => jwk.kid)).toEqual(['next', 'retired']);
    });
  });

  describe('at rest', () => {
    it('no private part is readable in the row, in any encoding', async () => {
      const set = newSet();
      const jwk = await one.administration.create(set, { alg: 'ES256', kid: 'k' });
      const secret = Buffer.from(String(jwk.d), 'base64url');
      const [row] = await one.dataSource.query<{ text: string; sealed: Buffer }[]>(
        `select k::text as text, sealed_jwk as sealed from json_web_key k where set_id = $1`,
        [set],
      );
      const forms = ['base64url', 'base64', 'hex', 'latin1'].map((form) => secret.toString(form as BufferEncoding));
      for (const form of forms) {
        expect(row?.text.includes(form)).toBe(false);
        expect(row?.sealed.includes(Buffer.from(form, 'latin1'))).toBe(false);
        expect(row?.text.includes(Buffer.from(form, 'latin1').toString('hex'))).toBe(false);
      }
      expect(row?.sealed.includes(secret)).toBe(false);
    });

    it('keys stay in use when the secret is rotated by putting a new one first', async () => {
      const set = newSet();
      const jwt = await one.signer.sign(set, {});
      const rotated = await Replica.open(database.dsn, { secrets: ['a-new-secret-of-the-test', SECRET] });
      expect((await rotated.keySets.signingKey(set)).kid).toBe((await one.keySets.signingKey(set)).kid);
      expect(await rotated.verifier.verify(set, jwt)).toBeDefined();
      await rotated.close();
    });
  });

  describe('a set that no secret decrypts', () => {
    let set: string;
    let wrong: Replica;

    beforeAll(async () => {
      set = newSet();
      await one.keySets.signingKey(set);
      wrong = await Replica.open(database.dsn, { secrets: ['another-secret-altogether'], broadcast: [set] });
    });
    afterAll(() => wrong.close());

    it('fails signing with an error that names the setting and the keys, never the secret', async () => {
      const [kid] = await kidsOf(one, set);
      const error = await wrong.signer.sign(set, {}).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'misconfiguration', status: 500 });
      expect(String(error)).toContain('secrets.system');
      expect(String(error)).toContain(kid);
      expect(String(error)).not.toContain('another-secret-altogether');
      await expect(wrong.signer.prepare(set)).rejects.toMatchObject({ code: 'misconfiguration' });
    });

    it('gets no new key', async () => {
      const before = await kidsOf(one, set);
      await Promise.allSettled([wrong.keySets.signingKey(set), wrong.jwks.reply()]);
      expect(await kidsOf(one, set)).toEqual(before);
    });

    it('affects nothing else: the algorithm is known, other sets are published, other keys verify', async () => {
      expect(await wrong.keySets.algorithms(set)).toEqual(['RS256']);
      const reply = await wrong.jwks.reply();
      expect(reply.status).toBe(200);
      expect(await wrong.verifier.verify(set, await one.signer.sign(set, {}))).toBeUndefined();
    });

    it('has another error in the administration API than a missing set', async () => {
      await expect(wrong.administration.list(set)).rejects.toMatchObject({ code: 'misconfiguration' });
    });

    it('signs again after the secret was restored, without a restart', async () => {
      wrong.config.replace(configure({ secrets: ['another-secret-altogether', SECRET] }));
      wrong.keySets.forget();
      await expect(wrong.signer.sign(set, {})).resolves.toContain('.');
    });

    it('signs with a key under the new secret, while the old ones stay unchanged', async () => {
      wrong.config.replace(configure({ secrets: ['another-secret-altogether'] }));
      await wrong.administration.create(set, { alg: 'ES256', kid: 'readable' });
      expect((await wrong.keySets.signingKey(set)).kid).toBe('readable');
      expect(await kidsOf(one, set)).toHaveLength(2);
    });
  });

  describe('an unreachable database', () => {
    it('leaves cached sets in use, and fails for others', async () => {
      const replica = await Replica.open(database.dsn);
      const set = newSet();
      const { kid } = await replica.keySets.signingKey(set);
      await replica.dataSource.destroy();
      expect((await replica.keySets.get(set, -1)).signer?.kid).toBe(kid);
      await expect(replica.keySets.signingKey(newSet())).rejects.toThrow();
    });
  });
});

describe('the published set', () => {
  let database: TestDatabase;
  let one: Replica;

  beforeAll(async () => {
    database = await freshDatabase();
    one = await Replica.open(database.dsn);
  });
  afterAll(async () => {
    await one.close();
    await database.drop();
  });

  const published = async (replica: Replica): Promise<JWK[]> => {
    const { body } = await replica.jwks.reply();
    return (JSON.parse(String(body)) as { keys: JWK[] }).keys;
  };

  it('contains the two signing sets, generated on first use, without any private member', async () => {
    const keys = await published(one);
    const ids = [...(await kidsOf(one, ACCESS_TOKEN_KEY_SET)), ...(await kidsOf(one, ID_TOKEN_KEY_SET))];
    expect(keys.map((key) => key.kid)).toEqual(ids);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('contains the broadcast sets first, each once, with public keys only and no symmetric key', async () => {
    const set = newSet();
    await one.administration.put(set, { kty: 'oct', k: 'c2VjcmV0', kid: 'oct' });
    await one.administration.put(set, publicPart(await es256('theirs')) ?? {});
    one.config.replace(configure({ broadcast: [set, ID_TOKEN_KEY_SET, set] }));
    const keys = await published(one);
    expect(keys[0]?.kid).toBe('theirs');
    expect(JSON.stringify(keys)).not.toContain('c2VjcmV0');
    expect(new Set(keys.map((key) => key.kid)).size).toBe(keys.length);
    expect(await kidsOf(one, set)).toEqual(['theirs', 'oct']);
    one.config.replace(configure());
  });

  it('ends with keys to encrypt to while that is enabled, without which those that sign are published too', async () => {
    const signing = await published(one);
    const ofReadOnly = `${database.dsn}${database.dsn.includes('?') ? '&' : '?'}options=-c%20default_transaction_read_only%3Don`;
    const readOnly = await Replica.open(ofReadOnly, { encryption: true });
    expect(await published(readOnly)).toEqual(signing);
    one.config.replace(configure({ encryption: true }));
    const [all, again] = await Promise.all([published(one), published(one)]);
    expect(all.slice(0, -2)).toEqual(signing);
    expect(
      all
        .slice(-2)
        .map(({ use, kty }) => `${String(use)} ${String(kty)}`)
        .sort(),
    ).toEqual(['enc EC', 'enc RSA']);
    expect(again).toEqual(all);
    one.config.replace(configure());
    expect(await published(one)).toEqual(signing);
    await readOnly.close();
  });

  it('returns the same buffer until a key changes', async () => {
    const first = await one.jwks.reply();
    expect((await one.jwks.reply()).body).toBe(first.body);
    await one.keySets.fresh(ID_TOKEN_KEY_SET);
    expect((await one.jwks.reply()).body).toBe(first.body);
    await one.administration.create(ID_TOKEN_KEY_SET, { alg: 'ES256', kid: 'new' });
    expect((await published(one)).map((key) => key.kid)).toContain('new');
  });
});
