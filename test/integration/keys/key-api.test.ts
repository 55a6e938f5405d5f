import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateJwk } from '../../../src/keys/generate-jwk.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, type RunningServer, startServer } from './server.js';

const newSet = (): string => `set-${randomUUID()}`;
const es256 = (kid: string): Promise<JWK> => generateJwk('ES256', { kid, use: 'sig', rsaBits: 2048 });
type Key = JWK & { state?: string; not_before?: string };
const keysOf = (answer: Answer): Key[] => (answer.json as { keys: Key[] }).keys;
const kidsOf = (answer: Answer): unknown[] => keysOf(answer).map((key) => key.kid);

describe('the key API', () => {
  let database: TestDatabase;
  let server: RunningServer;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn);
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  it('generates a key: 201, the key with its private part, and the location of its set', async () => {
    const set = `a set/${randomUUID()}`;
    const answer = await server.admin('POST', `/admin/keys/${encodeURIComponent(set)}`, {
      alg: 'ES256',
      kid: 'k',
      use: 'sig',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`https://id.example/keys/${encodeURIComponent(set)}`);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(keysOf(answer)).toEqual([expect.objectContaining({ kid: 'k', use: 'sig', alg: 'ES256', kty: 'EC' })]);
    expect(keysOf(answer)[0]?.d).toBeDefined();
    expect((await server.admin('GET', `/admin/keys/${encodeURIComponent(set)}`)).json).toEqual(answer.json);
  });

  describe('a key in state next', () => {
    const ahead = '2126-01-31T12:00:00.000Z';

    it('is published and does not sign, whether it is generated or imported', async () => {
      const set = newSet();
      await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', kid: 'now' });
      const made = await server.admin('POST', `/admin/keys/${set}`, {
        ...{ alg: 'ES256', kid: 'made', state: 'next', not_before: ahead },
      });
      expect([made.status, keysOf(made)[0]]).toEqual([
        201,
        expect.objectContaining({ kid: 'made', state: 'next', not_before: ahead }),
      ]);
      const imported = { ...(await es256('imported')), not_before: ahead };
      expect((await server.admin('PUT', `/admin/keys/${set}/imported`, imported)).status).toBe(200);
      const answer = await server.admin('GET', `/admin/keys/${set}`);
      expect(keysOf(answer).map(({ kid, state, not_before }) => [kid, state, not_before])).toEqual([
        ['imported', 'next', ahead],
        ['made', 'next', ahead],
        ['now', undefined, undefined],
      ]);
      expect(keysOf(await server.admin('GET', `/admin/keys/${set}/made`))).toEqual(keysOf(made));
    });

    it('waits for the configured time if it has no not_before', async () => {
      const set = newSet();
      const [key] = keysOf(await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', state: 'next' }));
      expect(Date.parse(String(key?.not_before))).toBeGreaterThan(Date.now());
    });

    it('keeps its state when a set is read and written back; the public set does not show the state', async () => {
      const set = 'hydra.openid.id-token';
      await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', kid: 'first' });
      await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', kid: 'second', not_before: ahead });
      const read = keysOf(await server.admin('GET', `/admin/keys/${set}`)).toReversed();
      const keys = read.map((key) => (key.kid === 'first' ? { ...key, state: 'retired' } : key));
      expect((await server.admin('PUT', `/admin/keys/${set}`, { keys })).status).toBe(200);
      const again = keysOf(await server.admin('GET', `/admin/keys/${set}`));
      const states = new Map(again.map(({ kid, state }) => [kid, state]));
      expect([states.get('second'), states.get('first')]).toEqual(['next', 'retired']);
      const published = await server.public('GET', '/.well-known/jwks.json');
      expect(kidsOf(published)).toEqual(expect.arrayContaining(['first', 'second']));
      expect(published.text).not.toMatch(/"state"|"not_before"/);
      await server.admin('DELETE', `/admin/keys/${set}`);
    });

    it.each([
      ['a state that is none', { state: 'soon' }, 'state'],
      ['a state for keys that are there', { state: 'retired' }, 'state'],
      ['a time that is none', { state: 'next', not_before: 'tomorrow' }, 'not_before'],
      ['an active key with a time ahead', { state: 'active', not_before: ahead }, 'not_before'],
    ])('is refused with 400 for %s', async (_, members, member) => {
      const answer = await server.admin('POST', `/admin/keys/${newSet()}`, { alg: 'ES256', ...members });
      expect([answer.status, (answer.json as Record<string, string>).error_description]).toEqual([
        400,
        expect.stringContaining(member),
      ]);
    });
  });

  it('reads one key as a set of one', async () => {
    const set = newSet();
    for (const kid of ['a', 'b/c']) await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', kid });
    const answer = await server.admin('GET', `/admin/keys/${set}/b%2Fc`);
    expect([answer.status, kidsOf(answer)]).toEqual([200, ['b/c']]);
  });

  it('answers 404 for unknown sets and keys', async () => {
    const set = newSet();
    await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256' });
    const unknownSet = await server.admin('GET', `/admin/keys/${newSet()}`);
    const unknownKey = await server.admin('GET', `/admin/keys/${set}/nope`);
    expect([unknownSet.status, unknownSet.json]).toEqual([404, expect.objectContaining({ error: 'Not Found' })]);
    expect([unknownKey.status, unknownKey.json]).toEqual([
      404,
      expect.objectContaining({ error: 'Unable to locate the resource' }),
    ]);
  });

  it('answers 409 for a kid that is taken', async () => {
    const set = newSet();
    await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', kid: 'a' });
    const answer = await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', kid: 'a' });
    expect(answer.status).toBe(409);
  });

  it.each<[string, unknown]>([
    ['broken JSON', '{bad'],
    ['no body', undefined],
    ['no object', '[]'],
    ['no algorithm', {}],
    ['an unknown algorithm', { alg: 'XX256' }],
    ['no signature', { alg: 'none' }],
    ['an algorithm that is no text', { alg: 256 }],
    ['a kid that is no text', { alg: 'ES256', kid: {} }],
    ['a kid that is too long', { alg: 'ES256', kid: 'x'.repeat(256) }],
    ['a NUL character', '{"alg":"ES256","kid":"a\\u0000"}'],
  ])('answers 400 with a hint for %s', async (_, body) => {
    const answer = await server.admin('POST', `/admin/keys/${newSet()}`, body);
    expect(answer.status).toBe(400);
    expect((answer.json as { error_description: string }).error_description).not.toBe('');
  });

  it('replaces a set by PUT and echoes it', async () => {
    const set = newSet();
    await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', kid: 'old' });
    const keys = [await es256('n1'), { ...(await es256('n2')), 'x5t#S256': 'AA', x5c: ['AA=='] }];
    const answer = await server.admin('PUT', `/admin/keys/${set}`, { keys });
    expect([answer.status, keysOf(answer)]).toEqual([200, keys]);
    expect(keysOf(await server.admin('GET', `/admin/keys/${set}`))).toEqual(keys.toReversed());
  });

  it.each<[string, unknown]>([
    ['no keys', {}],
    ['keys that are no list', { keys: {} }],
    ['a key that is no object', { keys: ['key'] }],
    ['a key that is null', { keys: [null] }],
    ['a key of an unknown type', { keys: [{ kty: 'nope', kid: 'x' }] }],
    ['a member that is no text', { keys: [{ kty: 'RSA', n: 1 }] }],
  ])('keeps the set and answers 400 for a PUT with %s', async (_, body) => {
    const set = newSet();
    await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', kid: 'old' });
    const answer = await server.admin('PUT', `/admin/keys/${set}`, body);
    expect(answer.status).toBe(400);
    expect(kidsOf(await server.admin('GET', `/admin/keys/${set}`))).toEqual(['old']);
  });

  it('stores a key under the kid of its body, whatever the path says', async () => {
    const set = newSet();
    const jwk = await es256('body');
    const answer = await server.admin('PUT', `/admin/keys/${set}/path`, jwk);
    expect([answer.status, answer.json]).toEqual([200, jwk]);
    expect(kidsOf(await server.admin('GET', `/admin/keys/${set}`))).toEqual(['body']);
  });

  it('deletes keys and sets with 204, also missing ones', async () => {
    const set = newSet();
    await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256', kid: 'a' });
    for (const path of [`${set}/a`, `${set}/a`, set, 'a%00b', `${set}/a%00b`]) {
      const answer = await server.admin('DELETE', `/admin/keys/${path}`);
      if (!path.includes('%00')) expect([answer.status, answer.text]).toEqual([204, '']);
      expect(answer.status).toBeLessThan(500);
    }
    expect((await server.admin('GET', `/admin/keys/${set}`)).status).toBe(404);
  });

  it('is not served on the public listener', async () => {
    const set = newSet();
    await server.admin('POST', `/admin/keys/${set}`, { alg: 'ES256' });
    for (const path of [`/admin/keys/${set}`, `/keys/${set}`]) {
      expect((await server.public('GET', path)).status).toBe(404);
    }
  });

  it('publishes the keys that sign, without their private parts', async () => {
    const answer = await server.public('GET', '/.well-known/jwks.json');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const signing = kidsOf(await server.admin('GET', '/admin/keys/hydra.openid.id-token'));
    expect(kidsOf(answer)).toEqual(expect.arrayContaining(signing));
    for (const name of ['"d"', '"p"', '"q"', '"dp"', '"dq"', '"qi"', '"k"']) expect(answer.text).not.toContain(name);
    await server.admin('POST', '/admin/keys/hydra.openid.id-token', { alg: 'ES256', kid: 'new' });
    expect(kidsOf(await server.public('GET', '/.well-known/jwks.json'))).toContain('new');
  });
});
