import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { type Ended, ostiary, program } from './ostiary.js';

let database: TestDatabase;
let server: TestServer;
let folder: string;

beforeAll(async () => {
  await program();
  database = await freshDatabase();
  server = await startTestServer(database.dsn);
  folder = mkdtempSync(join(tmpdir(), 'cli-apply-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
  await database.drop();
});

const run = (args: string[], env: Record<string, string> = {}, input?: string): Promise<Ended> =>
  ostiary([...args, '-e', server.admin], env, input);

/** Applies documents through standard input. */
const apply = (documents: object[], ...flags: string[]): Promise<Ended> =>
  run(['apply', '-f', '-', ...flags], {}, documents.map((one) => stringify(one)).join('---\n'));

const client = (client_id: string, members: object = {}): object => ({
  apiVersion: 'ostiary/v1',
  kind: 'OAuth2Client',
  spec: { client_id, grant_types: ['client_credentials'], ...members },
});

const json = (value: unknown): { body: string; headers: Record<string, string> } => ({
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

const stored = async (id: string): Promise<Record<string, unknown>> =>
  (await send('GET', `${server.admin}/admin/clients/${id}`)).json;

async function secretWorks(id: string, secret: string): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  return (await send('POST', `${server.public}/oauth2/token`, { body, headers: { authorization } })).status === 200;
}

function publicKey(kid: string): Record<string, unknown> {
  const { publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...key.export({ format: 'jwk' }), kid, alg: 'ES256' };
}

describe('apply', () => {
  it('creates a client, then finds it unchanged, then changes what differs and nothing else', async () => {
    const first = await apply([client('a', { scope: 'photos', client_secret: 'a-secret-of-a' })]);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain('+ OAuth2Client a');
    expect(first.stdout).not.toContain('a-secret-of-a');
    expect(await secretWorks('a', 'a-secret-of-a')).toBe(true);

    await send('PATCH', `${server.admin}/admin/clients/a`, {
      ...json([{ op: 'replace', path: '/client_name', value: 'set by hand' }]),
    });
    const { updated_at: at } = await stored('a');
    const again = await apply([client('a', { scope: 'photos', client_secret: 'a-secret-of-a' })]);
    expect(again).toEqual({ code: 0, stdout: '0 created, 0 changed, 0 deleted, 1 unchanged\n', stderr: '' });
    expect(await stored('a')).toMatchObject({ updated_at: at, client_name: 'set by hand' });

    const changed = await apply([client('a', { scope: 'photos mail' })]);
    expect(changed.stdout).toBe(
      '~ OAuth2Client a\n    scope\n    - "photos"\n    + "photos mail"\n0 created, 1 changed, 0 deleted, 0 unchanged\n',
    );
    expect(await stored('a')).toMatchObject({ scope: 'photos mail', client_name: 'set by hand' });
  });

  it('shows a secret that the server made, once', async () => {
    const { stdout } = await apply([client('made')]);
    const [, secret = ''] = /client_secret: "(.+)"/.exec(stdout) ?? [];
    expect(await secretWorks('made', secret)).toBe(true);
    expect((await apply([client('made')])).stdout).not.toContain('client_secret');
  });

  it('takes secrets from files beside the declaration and from variables, and sends them anew only when asked', async () => {
    writeFileSync(join(folder, 'secret.txt'), 'secret-of-a-file\n');
    const path = join(folder, 'sourced.yaml');
    const declared = [
      client('from-file', { client_secret: { from_file: 'secret.txt' } }),
      client('from-env', { client_secret: { from_env: 'A_SECRET' } }),
    ];
    writeFileSync(path, declared.map((one) => stringify(one)).join('---\n'));
    expect(await run(['apply', '-f', path])).toMatchObject({
      code: 1,
      stderr: `${path}, document 2: the variable A_SECRET is not set.\n`,
    });
    expect((await run(['apply', '-f', path], { A_SECRET: 'secret-of-env' })).code).toBe(0);
    expect(await secretWorks('from-file', 'secret-of-a-file')).toBe(true);
    expect(await secretWorks('from-env', 'secret-of-env')).toBe(true);

    expect((await run(['apply', '-f', path], { A_SECRET: 'another-secret' })).stdout).toContain('2 unchanged');
    expect(await secretWorks('from-env', 'secret-of-env')).toBe(true);
    expect((await run(['apply', '-f', path, '--secrets'], { A_SECRET: 'another-secret' })).code).toBe(0);
    expect(await secretWorks('from-env', 'another-secret')).toBe(true);
  });

  it('ends a dry run with 2 where something would change, and writes nothing', async () => {
    const dry = await apply([client('dry')], '--dry-run');
    expect(dry.code).toBe(2);
    expect(dry.stdout).toContain('1 created, 0 changed, 0 deleted, 0 unchanged; nothing was written');
    expect((await send('GET', `${server.admin}/admin/clients/dry`)).status).toBe(404);
    await apply([client('dry')]);
    expect((await apply([client('dry')], '--dry-run')).code).toBe(0);
  });

  it('deletes the clients of an owner that no file declares, and nobody else’s', async () => {
    await apply([client('kept'), client('surplus')], '--owner', 'team-a');
    await apply([client('others', { owner: 'team-b' })]);
    const { stdout } = await apply([client('kept')], '--owner', 'team-a', '--prune');
    expect(stdout).toBe('- OAuth2Client surplus\n0 created, 0 changed, 1 deleted, 1 unchanged\n');
    expect((await send('GET', `${server.admin}/admin/clients/surplus`)).status).toBe(404);
    expect(await stored('others')).toMatchObject({ owner: 'team-b' });
    const unnamed = await apply([client('kept')], '--prune');
    expect(unnamed).toMatchObject({ code: 1, stderr: '--prune needs --owner: whose clients may it delete?\n' });
  });

  it('changes nothing where a declaration is not understood, and goes on where the server refuses one', async () => {
    const noId = await apply([client('good-1'), { apiVersion: 'ostiary/v1', kind: 'OAuth2Client', spec: {} }]);
    expect(noId).toMatchObject({ code: 1, stdout: '' });
    expect(noId.stderr).toContain('document 2: OAuth2Client needs spec.client_id');
    expect((await send('GET', `${server.admin}/admin/clients/good-1`)).status).toBe(404);

    const refused = await apply([client('bad', { subject_type: 'odd' }), client('good-2')]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('+ OAuth2Client bad (failed)');
    expect(refused.stderr).toContain('OAuth2Client bad: ');
    expect((await stored('good-2')).client_id).toBe('good-2');
  });

  it.each([
    ['a kind that is not known', { apiVersion: 'ostiary/v1', kind: 'Oauth2Client', spec: {} }, 'as kind one of'],
    ['no apiVersion', { kind: 'OAuth2Client', spec: {} }, 'write apiVersion: ostiary/v1'],
    ['members without spec', { apiVersion: 'ostiary/v1', kind: 'OAuth2Client', client_id: 'a' }, 'under spec'],
    ['a list', [1], 'holds no object'],
  ])('refuses %s', async (_what, document, message) => {
    const { code, stderr } = await apply([document]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('says where YAML is broken without quoting it', async () => {
    const { code, stderr } = await run(['apply', '-f', '-'], {}, 'a: 1\nclient_secret: "very-secret\n');
    expect(code).toBe(1);
    expect(stderr).toMatch(/does not hold valid YAML: line \d+/);
    expect(stderr).not.toContain('very-secret');
  });

  it('refuses two declarations of one client', async () => {
    await apply([client('twin')]);
    expect((await apply([client('twin'), client('twin')])).stderr).toBe('OAuth2Client twin is declared twice.\n');
  });

  it('makes trusted issuers, and makes a changed one anew', async () => {
    const spec = {
      issuer: 'https://issuer.example',
      subject: 'somebody',
      scope: ['photos'],
      jwk: publicKey('key-1'),
      expires_at: '2040-01-01T00:00:00Z',
    };
    const issuer = (changes: object = {}): object => ({
      apiVersion: 'ostiary/v1',
      kind: 'TrustedIssuer',
      spec: { ...spec, ...changes },
    });
    expect((await apply([issuer()])).stdout).toContain('+ TrustedIssuer https://issuer.example somebody key-1');
    expect((await apply([issuer({ expires_at: '2040-01-01T01:00:00+01:00' })])).stdout).toContain('1 unchanged');
    const { stdout } = await apply([issuer({ scope: ['photos', 'mail'] })]);
    expect(stdout).toContain('    scope\n    - ["photos"]\n    + ["photos","mail"]\n');
    const path = `${server.admin}/admin/trust/grants/jwt-bearer/issuers?issuer=https://issuer.example`;
    const { json: issuers } = await send('GET', path);
    expect(issuers).toMatchObject([{ scope: ['photos', 'mail'] }]);
    expect(issuers).toHaveLength(1);
  });

  it('adds the keys of a set that are missing, shows no part of them, and leaves others alone', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256', use: 'sig' };
    const set = { apiVersion: 'ostiary/v1', kind: 'JsonWebKeySet', spec: { set: 'my-set', keys: [jwk] } };
    const { stdout, code } = await apply([set]);
    expect([code, stdout]).toEqual([
      0,
      '+ JsonWebKeySet my-set\n    key mine (ES256)\n1 created, 0 changed, 0 deleted, 0 unchanged\n',
    ]);
    await send('POST', `${server.admin}/admin/keys/my-set`, json({ kid: 'other', alg: 'ES256', use: 'sig' }));
    expect((await apply([set])).stdout).toContain('1 unchanged');
    const { keys } = (await send('GET', `${server.admin}/admin/keys/my-set`)).json as { keys: { kid: string }[] };
    expect(keys.map(({ kid }) => kid).sort()).toEqual(['mine', 'other']);
  });
});

describe('resources of Ory’s operator', () => {
  const resource = (spec: object = {}): object => ({
    apiVersion: 'hydra.ory.sh/v1alpha1',
    kind: 'OAuth2Client',
    metadata: { name: 'shop', namespace: 'web' },
    spec: {
      grantTypes: ['authorization_code', 'refresh_token'],
      responseTypes: ['code'],
      scopeArray: ['openid', 'offline_access'],
      redirectUris: ['https://shop.example/callback'],
      secretName: 'shop-credentials',
      tokenLifespans: { authorization_code_grant_access_token_lifespan: '90s' },
      hydraAdmin: { url: 'http://hydra-admin', port: 4445 },
      ...spec,
    },
  });
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'shop-credentials', namespace: 'web' },
    data: { CLIENT_ID: Buffer.from('shop-id').toString('base64') },
    stringData: { CLIENT_SECRET: 'the-secret-of-the-shop' },
  };

  it('are taken as they are, with the id and secret of their Secret, whatever else lies beside them', async () => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop' }, spec: {} };
    const list = { apiVersion: 'v1', kind: 'List', items: [secret, resource(), deployment] };
    const { code, stdout, stderr } = await apply([list]);
    expect([code, stderr]).toEqual([0, 'Passed over: standard input, item 3: apps/v1 Deployment\n']);
    expect(stdout).toContain('+ OAuth2Client shop-id');
    expect(stdout).not.toContain('the-secret');
    expect(await stored('shop-id')).toMatchObject({
      owner: 'shop/web',
      scope: 'openid offline_access',
      redirect_uris: ['https://shop.example/callback'],
      authorization_code_grant_access_token_lifespan: '1m30s',
    });
    expect((await apply([list])).stdout).toBe('0 created, 0 changed, 0 deleted, 1 unchanged\n');
  });

  it('clear what they leave out, as the operator does, and are found by their owner without a Secret', async () => {
    const { stdout } = await apply([resource({ redirectUris: undefined, grantTypes: ['client_credentials'] })]);
    expect(stdout).toContain('~ OAuth2Client shop-id\n');
    expect(await stored('shop-id')).toMatchObject({ redirect_uris: [], grant_types: ['client_credentials'] });
  });

  it('are refused where a member is not known', async () => {
    expect((await apply([resource({ grantType: ['code'] })])).stderr).toContain('spec.grantType is not known');
  });
});

describe('export', () => {
  it('writes files of which apply finds everything unchanged, and none that others can read', async () => {
    const path = join(folder, 'exported');
    const jwk = publicKey('shared');
    const trust = { issuer: 'https://two.example', scope: [], jwk, expires_at: '2040-01-01T00:00:00Z' };
    const kind = { apiVersion: 'ostiary/v1', kind: 'TrustedIssuer' };
    const subjects = ['one', 'other'].map((subject) => ({ ...kind, spec: { ...trust, subject } }));
    expect((await apply([...subjects, client('Kept')])).stdout).toContain('3 created');
    const { code, stderr } = await run(['export', '-o', path, '--key-set', 'my-set']);
    expect([code, stderr]).toEqual([0, `Wrote ${readdirSync(path).length} files to ${path}.\n`]);
    const names = readdirSync(path);
    expect(names.filter((name) => name.includes('two.example'))).toHaveLength(2);
    const kept = names.filter((name) => /^oauth2client-kept/i.test(name)).map((name) => name.toLowerCase());
    expect(new Set(kept)).toEqual(new Set(['oauth2client-kept.yaml', 'oauth2client-kept~2.yaml']));
    for (const name of names) {
      expect(statSync(join(path, name)).mode & 0o077).toBe(0);
      expect(readFileSync(join(path, name), 'utf8')).not.toMatch(/client_secret:|created_at/);
    }
    const again = await run(['apply', '-f', path, '--dry-run']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain(`0 created, 0 changed, 0 deleted, ${readdirSync(path).length} unchanged`);
  });

  it('moves everything to another server', async () => {
    const [otherBase, target] = [await freshDatabase(), join(folder, 'moved')];
    mkdirSync(target);
    const other = await startTestServer(otherBase.dsn);
    try {
      const { stdout } = await run(['export', '--owner', 'team-a']);
      expect(stdout).toContain('client_id: kept');
      const moved = await ostiary(['apply', '-f', '-', '-e', other.admin], {}, stdout);
      expect(moved.code).toBe(0);
      const { json: kept } = await send('GET', `${other.admin}/admin/clients/kept`);
      expect(kept).toMatchObject({ client_id: 'kept', owner: 'team-a', grant_types: ['client_credentials'] });
    } finally {
      await other.stop();
      await otherBase.drop();
    }
  });
});
