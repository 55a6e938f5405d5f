import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decrypt, decryptKey, generateKey, readMessage, readPrivateKey } from 'openpgp';
import { parse as parseYaml } from 'yaml';
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
  folder = mkdtempSync(join(tmpdir(), 'cli-clients-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
  await database.drop();
});

const at = (): string[] => ['-e', server.admin, '--format', 'json'];

const run = (args: string[], input?: string): Promise<Ended> => ostiary([...args, ...at()], {}, input);

/** The JSON of a command that succeeds. */
async function result<Value = Record<string, unknown>>(args: string[], input?: string): Promise<Value> {
  const { code, stdout, stderr } = await run(args, input);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Value;
}

const create = (...args: string[]): Promise<Record<string, string>> => result(['create', 'client', ...args]);

const stored = async (id: string): Promise<Record<string, unknown>> =>
  (await send('GET', `${server.admin}/admin/clients/${encodeURIComponent(id)}`)).json;

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('create client', () => {
  it('uses the id of the flag, and prints the given secret of a public client', async () => {
    const made = await create('--id', 'a client/1', '--token-endpoint-auth-method', 'none', '--secret', 'given-secret');
    expect(made).toMatchObject({ client_id: 'a client/1', client_secret: 'given-secret' });
    expect(await stored('a client/1')).toMatchObject({ token_endpoint_auth_method: 'none' });
  });

  it('with a file ignores the id in it, and names the flags without effect', async () => {
    const path = file('one.json', { client_id: 'in-file', client_name: 'of a file', metadata: { n: 1 } });
    const { code, stdout, stderr } = await run(['create', 'client', '--file', path, '--name', 'of a flag']);
    expect([code, stderr]).toEqual([0, 'Beside --file these flags have no effect: --name\n']);
    const made = JSON.parse(stdout) as Record<string, string>;
    expect(made).toMatchObject({ client_name: 'of a file', metadata: { n: 1 } });
    expect(made.client_id).not.toBe('in-file');
    expect(await create('--file', path, '--id', 'of-a-flag')).toMatchObject({ client_id: 'of-a-flag' });
  });

  it('keeps the digits of large numbers in requests and responses', async () => {
    const { stdout } = await run(['create', 'client', '--metadata', '{"n":12345678901234567890}']);
    expect(stdout).toContain('"n":12345678901234567890');
    const { client_id: id } = JSON.parse(stdout) as { client_id: string };
    const yaml = await ostiary(['get', 'client', id, '-e', server.admin, '--format', 'yaml']);
    expect(yaml.stdout).toContain('n: 12345678901234567890');
  });

  it.each([
    ['no file', 'nowhere.json', undefined, 'cannot be read (ENOENT)'],
    ['no JSON', 'bad.json', '{"client_secret": "hidden-words"', 'does not hold valid JSON'],
    ['no object', 'list.json', '[]', 'must hold one JSON object'],
  ])('refuses a file that is %s', async (_title, name, content, message) => {
    const path = content === undefined ? join(folder, name) : file(name, content);
    const { code, stdout, stderr } = await run(['create', 'client', '--file', path]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('hidden-words');
  });

  it('prints the error of the server', async () => {
    const { code, stdout, stderr } = await run(['create', 'client', '--secret', 'abc']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^POST http:\S+\/admin\/clients answered 400:\ninvalid_client_metadata\n/);
  });
});

describe('the secret for the owner of a PGP key', () => {
  it('is a message that the private key decrypts', async () => {
    const owner = { userIDs: [{ name: 'Owner', email: 'o@example.com' }], passphrase: 'words' };
    const made = await generateKey({ ...owner, format: 'armored' });
    const key = Buffer.from(made.publicKey).toString('base64');
    const client = await create('--secret', 'for the owner alone', '--pgp-key', key);
    const binaryMessage = new Uint8Array(Buffer.from(client.client_secret ?? '', 'base64'));
    const privateKey = await readPrivateKey({ armoredKey: made.privateKey });
    const decryptionKeys = await decryptKey({ privateKey, passphrase: 'words' });
    const message = await readMessage({ binaryMessage });
    expect((await decrypt({ message, decryptionKeys })).data).toBe('for the owner alone');
  });

  it('is refused without a valid key, and no client is created', async () => {
    const refused = await run(['create', 'client', '--id', 'never-made', '--pgp-key', 'bm8ga2V5']);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('There is no PGP public key');
    expect((await stored('never-made')).client_id).toBeUndefined();
  });

  it('can be encrypted with a key from an address, which receives no headers for the server', async () => {
    const { publicKey } = await generateKey({ userIDs: [{ name: 'O' }], format: 'armored' });
    const asked: unknown[] = [];
    const keys = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.end(publicKey);
    }).listen(0, '127.0.0.1');
    await once(keys, 'listening');
    const url = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/key.asc`;
    const client = await create('--pgp-key-url', url, '-H', 'Authorization: Bearer for:the:server');
    keys.close();
    expect(asked).toEqual([undefined]);
    expect(Buffer.from(client.client_secret ?? '', 'base64').length).toBeGreaterThan(100);
  });
});

describe('update client', () => {
  it('changes nothing without flags', async () => {
    const { client_id: id = '' } = await create('--name', 'kept', '--owner', 'kept');
    expect(await result(['update', 'client', id])).toMatchObject({ client_name: 'kept', owner: 'kept' });
  });

  it('sets new values and removes old ones', async () => {
    const { client_id: id = '' } = await create('--owner', 'somebody', '--skip-consent', '--contact', 'a@b.c');
    await result([
      'update',
      'client',
      id,
      '--jwks-uri',
      'https://app.example/jwks',
      '--owner=',
      '--skip-consent=false',
    ]);
    expect(await stored(id)).toMatchObject({
      ...{ jwks_uri: 'https://app.example/jwks', owner: '', skip_consent: false, contacts: ['a@b.c'] },
    });
  });

  it('with a file replaces everything else', async () => {
    const { client_id: id = '' } = await create('--owner', 'somebody');
    const replaced = await result(['update', 'client', id, '--file', '-'], '{"client_name":"only this"}');
    expect(replaced).toMatchObject({ client_id: id, client_name: 'only this', owner: '' });
  });
});

describe('get, list and delete client', () => {
  it('print one client as lines, and several as rows', async () => {
    const [a, b] = [(await create()).client_id ?? '', (await create()).client_id ?? ''];
    const one = await ostiary(['get', 'client', a, '-e', server.admin]);
    expect(one.stdout).toMatch(new RegExp(`^CLIENT ID +${a}\nCLIENT SECRET\nGRANT TYPES +authorization_code\n`));
    const two = await ostiary(['get', 'clients', a, b, '-e', server.admin]);
    expect(two.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['CLIENT', a, b, '']);
    const quiet = await ostiary(['get', 'clients', a, b, '-e', server.admin, '-q', '--format', 'json']);
    expect(quiet.stdout).toBe(`${a}\n${b}\n`);
  });

  it('print only ids with --quiet, and an empty line for an empty list', async () => {
    const { client_id: id = '' } = await create('--owner', 'quiet-owner');
    const list = ['list', 'clients', '-e', server.admin, '-q', '--owner'];
    expect((await ostiary([...list, 'quiet-owner'])).stdout).toBe(`${id}\n`);
    expect((await ostiary([...list, 'nobody'])).stdout).toBe('\n');
  });

  it('read all pages of a list', async () => {
    for (let i = 0; i < 3; i++) await create('--owner', 'paged');
    const first = await result(['list', 'clients', '--owner', 'paged', '--page-size', '2']);
    expect([(first.items as unknown[]).length, first.is_last_page]).toEqual([2, false]);
    const token = String(first.next_page_token);
    const last = await result(['list', 'clients', '--owner', 'paged', '--page-size', '2', '--page-token', token]);
    expect([(last.items as unknown[]).length, last.is_last_page, last.next_page_token]).toEqual([1, true, '']);
  });

  it('print one deleted id as text and several as a list, and name the failed ones', async () => {
    const ids = await Promise.all([create(), create(), create()].map(async (made) => (await made).client_id ?? ''));
    const [one = '', ...others] = ids;
    expect(await result<string>(['delete', 'client', one])).toBe(one);
    const some = await run(['delete', 'client', others[0] ?? '', 'nobody', others[1] ?? '']);
    expect([some.code, JSON.parse(some.stdout)]).toEqual([1, others]);
    expect(some.stderr).toMatch(/^nobody: DELETE \S+ answered 404:/);
  });

  it('print nothing if nothing was deleted', async () => {
    const { code, stdout } = await run(['delete', 'client', 'nobody', 'no-one']);
    expect([code, stdout]).toEqual([1, '']);
  });
});

describe('import client', () => {
  it('reads files and standard input, and continues after a failed client', async () => {
    const path = file('two.json', [{ client_id: 'imported-1' }, { client_secret: 'abc' }, { client_id: 'imported-2' }]);
    const { code, stdout, stderr } = await run(
      ['import', 'client', path, join(folder, 'no-such-file')],
      '[{"client_id":"imported-3"}]',
    );
    expect(code).toBe(1);
    const made = JSON.parse(stdout) as { client_id: string }[];
    expect(made.map(({ client_id: id }) => id)).toEqual(['imported-3', 'imported-1', 'imported-2']);
    expect(stderr).toContain(`${path}, client 2: POST`);
    expect(stderr).toContain('no-such-file: ');
  });

  it('accepts a single client outside a list', async () => {
    expect(await result(['import', 'client'], '{"client_id":"imported-alone"}')).toMatchObject({
      client_id: 'imported-alone',
    });
  });

  it('fails for a used id, and without any client', async () => {
    await create('--id', 'imported-before');
    const again = await run(['import', 'client'], '[{"client_id":"imported-before"}]');
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toContain('standard input, client 1: ');
    expect((await run(['import', 'client'], '')).stderr).toContain('There is no client');
  });
});

describe('rotate oauth2-client-secret', () => {
  it('prints a new secret, and the old ones work until they are deleted', async () => {
    const made = await create('--grant-type', 'client_credentials');
    const { client_id: id = '', client_secret: old = '' } = made;
    const { client_secret: fresh } = await result(['rotate', 'oauth2-client-secret', id]);
    const works = async (secret: string): Promise<number> => {
      const flags = ['--client-id', id, '--client-secret', secret, '-e', server.public];
      return (await ostiary(['perform', 'client-credentials', ...flags])).code ?? -1;
    };
    expect(fresh).not.toBe(old);
    expect([await works(old), await works(String(fresh))]).toEqual([0, 0]);
    expect((await result(['delete', 'rotated-oauth2-client-secrets', id])).client_id).toBe(id);
    expect([await works(old), await works(String(fresh))]).toEqual([1, 0]);
  });
});

describe('formats', () => {
  it('show the same client', async () => {
    const { client_id: id = '' } = await create('--metadata', '{"a":{"b":[1,2]}}');
    const as = async (format: string): Promise<string> =>
      (await ostiary(['get', 'client', id, '-e', server.admin, '--format', format])).stdout;
    const json = JSON.parse(await as('json')) as unknown;
    expect(JSON.parse(await as('json-pretty'))).toEqual(json);
    expect(parseYaml(await as('yaml'))).toEqual(json);
    expect(await as('jsonpath=metadata.a.b.1')).toBe('2\n');
    expect(await as('jsonpointer=/metadata/a/b/0')).toBe('1\n');
    expect(await as('no-such-format')).toContain('CLIENT ID');
  });

  it('and the other common flags may precede the resource', async () => {
    const { client_id: id = '' } = await create();
    const { stdout } = await ostiary(['get', '-e', server.admin, '--format', 'jsonpath=client_id', 'client', id]);
    expect(stdout).toBe(`"${id}"\n`);
  });
});

describe('a pipe whose reader ends', () => {
  it('ends the command quietly', () => {
    const script = `${process.execPath} "$PROGRAM" create client --help | true`;
    const PROGRAM = process.env.TEST_PROGRAM ?? join(import.meta.dirname, '../../../dist/src/main.js');
    expect(execFileSync('sh', ['-c', `${script} 2>&1`], { env: { ...process.env, PROGRAM } }).toString()).toBe('');
  });
});
