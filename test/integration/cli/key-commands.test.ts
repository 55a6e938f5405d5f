import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { type Ended, ostiary, program } from './ostiary.js';

interface Keys {
  set?: string;
  keys: Record<string, unknown>[];
}

let database: TestDatabase;
let server: TestServer;
let folder: string;

beforeAll(async () => {
  await program();
  database = await freshDatabase();
  server = await startTestServer(database.dsn);
  folder = mkdtempSync(join(tmpdir(), 'cli-keys-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
  await database.drop();
});

const run = (args: string[], input?: string): Promise<Ended> =>
  ostiary([...args, '-e', server.admin, '--format', 'json'], {}, input);

async function result<Value = Keys>(args: string[], input?: string): Promise<Value> {
  const { code, stdout, stderr } = await run(args, input);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Value;
}

describe('create, get and delete jwk', () => {
  it('print a set after its creation, a single key alone, and several keys as a list', async () => {
    const made = await result(['create', 'jwk', 'set one', 'a', '--alg', 'EdDSA']);
    expect(made).toMatchObject({ set: 'set one', keys: [{ kid: 'a', alg: 'EdDSA', use: 'sig', set: 'set one' }] });
    const single = await result<Record<string, unknown>>(['get', 'jwk', 'set one']);
    expect(single).toMatchObject({ kid: 'a', set: 'set one', d: made.keys[0]?.d });
    await result(['create', 'jwk', 'set one', 'b', '--alg', 'ES256', '--use', 'enc']);
    const both = await result(['get', 'jwk', 'set one']);
    expect([both.set, both.keys.map(({ kid }) => kid)]).toEqual(['set one', ['b', 'a']]);
    await result(['create', 'jwk', 'set-two', 'c', '--alg', 'ES256']);
    const several = await result(['get', 'jwks', 'set one', 'set-two']);
    expect(several.set).toBeUndefined();
    expect(several.keys.map(({ kid, set }) => [kid, set])).toEqual([
      ['b', 'set one'],
      ['a', 'set one'],
      ['c', 'set-two'],
    ]);
    const quiet = await ostiary(['get', 'jwk', 'set one', '-q', '-e', server.admin]);
    expect(quiet.stdout).toBe('b\na\n');
  });

  it('omit the private part if only the public part is requested', async () => {
    const made = await result(['create', 'jwk', 'public-set', '--alg', 'ES256', '--public']);
    expect(Object.keys(made.keys[0] ?? {})).not.toContain('d');
    await result(['import', 'jwk', 'oct-set'], '{"kty":"oct","k":"c2VjcmV0","alg":"HS256"}');
    const none = await run(['get', 'jwk', 'oct-set', '--public']);
    expect([none.code, none.stdout]).toEqual([0, '']);
  });

  it('delete sets, without a failure for a missing set', async () => {
    expect(await result<string>(['delete', 'jwk', 'set-two'])).toBe('set-two');
    expect(await result<string[]>(['delete', 'jwks', 'set-two', 'never'])).toEqual(['set-two', 'never']);
  });
});

describe('import jwk', () => {
  it('reads a JWK from standard input, with the members that describe it', async () => {
    const [key] = (await result(['create', 'jwk', 'source', 'its-own', '--alg', 'ES384'])).keys;
    const { set, ...jwk } = key ?? {};
    const imported = await result(['import', 'jwk', 'target', '--alg', 'ES256', '--use', 'enc'], JSON.stringify(jwk));
    expect(imported).toEqual({ set: 'target', keys: [{ ...jwk, set: 'target' }] });
    expect(set).toBe('source');
    expect(await result<Record<string, unknown>>(['get', 'jwk', 'target'])).toMatchObject({ kid: 'its-own', d: jwk.d });
  });

  it('adds to the set, accepts whole sets, and names keys without a kid', async () => {
    const first = await result(['create', 'jwk', 'grown', 'first', '--alg', 'ES256']);
    const { kid, ...nameless } = first.keys[0] ?? {};
    const { keys } = await result(['import', 'jwk', 'grown'], JSON.stringify({ keys: [nameless] }));
    expect(kid).toBe('first');
    expect(keys[0]?.kid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
    expect((await result(['get', 'jwk', 'grown'])).keys).toHaveLength(2);
  });

  it.each([
    ['{"alg":"ES256"}', 'holds no JWK'],
    ['[]', 'holds no JWK'],
    ['{"keys":[]}', 'holds no JWK'],
    ['{', 'does not hold valid JSON'],
    ['nothing', 'holds no key'],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'holds no key that can be read'],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n', 'is encrypted'],
    ['{"kty":"RSA"}', 'names no algorithm'],
    ['{"kty":"RSA","alg":"RS256"}', 'answered 400'],
  ])('refuses %s', async (content, message) => {
    const { code, stdout, stderr } = await run(['import', 'jwk', 'refused'], content);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('standard input: ');
  });
});

/** `openssl` arguments that write `out`. They may read the files of earlier rows. */
const FORMS: [form: string, alg: string, isPrivate: boolean, args: string][] = [
  ['rsa.pkcs8.pem', 'RS256', true, 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out OUT'],
  ['rsa.pkcs1.pem', 'RS256', true, 'rsa -traditional -in rsa.pkcs8.pem -out OUT'],
  ['rsa.pkcs8.der', 'PS256', true, 'pkcs8 -topk8 -nocrypt -in rsa.pkcs8.pem -outform DER -out OUT'],
  ['rsa.pkcs1.der', 'RS256', true, 'rsa -traditional -in rsa.pkcs8.pem -outform DER -out OUT'],
  ['rsa.spki.pem', 'RS256', false, 'pkey -in rsa.pkcs8.pem -pubout -out OUT'],
  ['rsa.spki.der', 'RS256', false, 'pkey -in rsa.pkcs8.pem -pubout -outform DER -out OUT'],
  ['rsa.public.pkcs1.pem', 'RS256', false, 'rsa -in rsa.pkcs8.pem -RSAPublicKey_out -out OUT'],
  ['rsa.public.pkcs1.der', 'RS256', false, 'rsa -in rsa.pkcs8.pem -RSAPublicKey_out -outform DER -out OUT'],
  ['rsa.x509.pem', 'RS256', false, 'req -x509 -new -key rsa.pkcs8.pem -subj /CN=a -days 2 -out OUT'],
  ['rsa.x509.der', 'RS256', false, 'req -x509 -new -key rsa.pkcs8.pem -subj /CN=a -days 2 -outform DER -out OUT'],
  ['ec.parameters.sec1.pem', 'ES256', true, 'ecparam -name prime256v1 -genkey -out OUT'],
  ['ec.sec1.der', 'ES256', true, 'ec -in ec.parameters.sec1.pem -outform DER -out OUT'],
  ['ec.pkcs8.pem', 'ES256', true, 'pkcs8 -topk8 -nocrypt -in ec.parameters.sec1.pem -out OUT'],
  ['ec.spki.der', 'ES256', false, 'ec -in ec.parameters.sec1.pem -pubout -outform DER -out OUT'],
  ['ed25519.pem', 'EdDSA', true, 'genpkey -algorithm ED25519 -out OUT'],
  ['ed25519.public.pem', 'EdDSA', false, 'pkey -in ed25519.pem -pubout -out OUT'],
];

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.runIf(hasOpenssl)('keys that openssl writes', () => {
  it.each(FORMS)('%s', async (form, alg, isPrivate, args) => {
    execFileSync('openssl', args.replace('OUT', form).split(' '), { cwd: folder, stdio: 'ignore' });
    const { keys } = await result(['import', 'jwk', form, join(folder, form), '--alg', alg]);
    expect([keys.length, keys[0]?.alg, keys[0]?.use, 'd' in (keys[0] ?? {})]).toEqual([1, alg, 'sig', isPrivate]);
    expect('x5c' in (keys[0] ?? {})).toBe(form.includes('x509'));
    expect((await result<Record<string, unknown>>(['get', 'jwk', form])).kid).toBe(keys[0]?.kid);
  });

  it('are stored if possible, and the others are named', async () => {
    const [good, bad] = [join(folder, 'rsa.spki.pem'), join(folder, 'bad.pem')];
    writeFileSync(bad, readFileSync(good, 'utf8').slice(0, 100));
    const { code, stdout, stderr } = await run(['import', 'jwk', 'mixed', bad, good, '--alg', 'RS256']);
    expect([code, (JSON.parse(stdout) as Keys).keys.length]).toEqual([1, 1]);
    expect(stderr).toContain(`${bad}: `);
  });
});

describe('trusted issuers', () => {
  it('are created from a key file without its private part, shown, listed and deleted', async () => {
    const [key] = (await result(['create', 'jwk', 'of-the-issuer', 'its-key', '--alg', 'ES256'])).keys;
    const path = join(folder, 'issuer.json');
    writeFileSync(path, JSON.stringify(key));
    const flags = ['--key', path, '--subject', 'bob', '--scope', 'read,write', '--expires-in', '48h'];
    const issuer = await result<Record<string, string>>(['create', 'trusted-issuer', 'https://i.example', ...flags]);
    expect(issuer).toMatchObject({ issuer: 'https://i.example', subject: 'bob', scope: ['read', 'write'] });
    const hours = (Date.parse(issuer.expires_at ?? '') - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(48);
    const keys = await result<Record<string, unknown>>(['get', 'jwk', 'https://i.example']);
    expect([keys.kid, keys.d]).toEqual(['its-key', undefined]);

    const id = issuer.id ?? '';
    expect(await result<object>(['get', 'trusted-jwt-grant-issuer', id])).toEqual(issuer);
    const list = await result<{ items: unknown[] }>(['list', 'trusted-issuers', '--issuer', 'https://i.example']);
    expect(list.items).toEqual([issuer]);
    expect(await result<string>(['delete', 'trusted-issuer', id])).toBe(id);
    expect((await run(['get', 'trusted-issuer', id])).code).toBe(1);
  });

  it('require a key id and an expiry', async () => {
    const path = join(folder, 'nameless.json');
    const [key] = (await result(['create', 'jwk', 'nameless', 'x', '--alg', 'ES256'])).keys;
    writeFileSync(path, JSON.stringify({ ...key, kid: undefined }));
    const create = (...flags: string[]): Promise<Ended> =>
      run(['create', 'trusted-issuer', 'https://i.example', '--key', path, '--allow-any-subject', ...flags]);
    expect((await create('--expires-in', '1h')).stderr).toContain('--kid');
    expect((await create('--kid', 'a')).stderr).toContain('--expires-in or --expires-at');
    expect((await create('--kid', 'a', '--expires-at', '2031-01-01T00:00:00Z')).stdout).toContain(
      '"2031-01-01T00:00:00Z"',
    );
  });
});
