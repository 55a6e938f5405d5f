import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Folder } from '../config/folder.js';
import { killAll, ostiary, program, Running } from './ostiary.js';

const folder = new Folder();
let database: TestDatabase;

beforeAll(async () => {
  await program();
  database = await freshDatabase();
});

afterEach(killAll);

afterAll(async () => {
  folder.remove();
  await database.drop();
});

interface Ports {
  public: number;
  admin: number;
}

async function ports(): Promise<Ports> {
  const [onPublic = 0, onAdmin = 0] = await freePorts(2);
  return { public: onPublic, admin: onAdmin };
}

const environment = (on: Ports): Record<string, string> => ({
  DSN: database.dsn,
  SECRETS_SYSTEM: 'a-system-secret-of-a-test',
  SERVE_PUBLIC_HOST: '127.0.0.1',
  SERVE_PUBLIC_PORT: String(on.public),
  SERVE_ADMIN_HOST: '127.0.0.1',
  SERVE_ADMIN_PORT: String(on.admin),
  SERVE_SHUTDOWN_DELAY: '0s',
});

const OPEN = 'listener is open on';

async function opened(server: Running, listeners = ['public', 'admin']): Promise<void> {
  for (const listener of listeners) await server.says(`The ${listener} ${OPEN}`);
}

/** Retries until the answer is the expected one, or the test times out. */
async function eventually(question: () => Promise<boolean>): Promise<void> {
  while (!(await question())) await sleep(50);
}

const status = (port: number, path: string): Promise<number> =>
  fetch(`http://127.0.0.1:${String(port)}${path}`).then(
    (response) => response.status,
    () => 0,
  );

describe('serve', () => {
  it('opens both listeners with values from file, flag and environment, and ends with 0 on SIGTERM', async () => {
    const on = await ports();
    const file = folder.write('serve.yml', 'webfinger: { oidc_discovery: { supported_claims: [from_file] } }\n');
    const env = {
      ...environment(on),
      WEBFINGER_OIDC_DISCOVERY_SUPPORTED_SCOPE: 'from_environment',
      SQA_OPT_OUT: 'true',
    };
    const server = new Running(['serve', 'all', '--dev', '-c', file], env);
    await opened(server);
    await server.says('These keys have no effect: sqa (no telemetry is sent)');
    const discovery = await (
      await fetch(`http://127.0.0.1:${String(on.public)}/.well-known/openid-configuration`)
    ).json();
    expect(discovery).toMatchObject({
      issuer: `http://127.0.0.1:${String(on.public)}/`,
      claims_supported: expect.arrayContaining(['from_file']) as string[],
      scopes_supported: expect.arrayContaining(['from_environment']) as string[],
    });
    expect([await status(on.public, '/health/ready'), await status(on.admin, '/health/ready')]).toEqual([200, 200]);
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });

  it.each([
    ['public', 200, 0],
    ['admin', 0, 200],
  ])('opens only one listener, and ends with 0 on SIGINT without a delay: %s', async (listener, onPublic, onAdmin) => {
    const on = await ports();
    const server = new Running(['serve', listener, '--dev'], { ...environment(on), SERVE_SHUTDOWN_DELAY: '1h' });
    await opened(server, [listener]);
    expect([await status(on.public, '/health/alive'), await status(on.admin, '/health/alive')]).toEqual([
      onPublic,
      onAdmin,
    ]);
    server.signal('SIGINT');
    expect((await server.ended).code).toBe(0);
  });

  it('applies a changed file', async () => {
    const on = await ports();
    const scopes = (word: string): string => `webfinger: { oidc_discovery: { supported_scope: [${word}] } }\n`;
    const file = folder.write('reload.yml', scopes('before'));
    const server = new Running(['serve', 'all', '--dev', '-c', file], environment(on));
    await opened(server);
    folder.write('reload.yml', scopes('after'));
    await server.says('The changed configuration is in force.');
    const discovery = await fetch(`http://127.0.0.1:${String(on.public)}/.well-known/openid-configuration`);
    expect(await discovery.json()).toMatchObject({ scopes_supported: expect.arrayContaining(['after']) as string[] });
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });

  it('ends at once with 1 on a second signal', async () => {
    const on = await ports();
    const server = new Running(['serve', 'all', '--dev'], { ...environment(on), SERVE_SHUTDOWN_DELAY: '1h' });
    await opened(server);
    await eventually(async () => (await status(on.admin, '/health/ready')) === 200);
    server.signal('SIGTERM');
    await eventually(async () => (await status(on.admin, '/health/ready')) === 503);
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(1);
  });

  it('ends with 0 on a signal while it waits for its database', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const dsn = `postgres://nobody@127.0.0.1:${String((silent.address() as AddressInfo).port)}/none?sslmode=disable`;
    const server = new Running(['serve', 'all', '--dev'], { ...environment(await ports()), DSN: dsn });
    await once(silent, 'connection');
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(0);
    silent.close();
  });
});

describe('a failed start', () => {
  it('reports file, line, key and expectation of every fault', async () => {
    const file = folder.write(
      'faulty.yml',
      'no_such_key: 1\nttl:\n  access_token: soon\nsecrets: { system: [s3cret] }\n',
    );
    const { code, stdout, stderr } = await ostiary(['serve', 'all', '--dev', '-c', file], { SERVE_PUBLIC_PORT: 'x' });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('The configuration has 4 faults:');
    expect(stderr).toContain('faulty.yml:1:1: no_such_key: unknown key');
    expect(stderr).toContain('faulty.yml:3:3: ttl.access_token: expected a duration');
    expect(stderr).toContain('variable SERVE_PUBLIC_PORT: serve.public.port: expected a whole number, got "x"');
    expect(stderr).toContain('faulty.yml:4:21: secrets.system[0]: expected at least 16 characters');
    expect(stderr).not.toContain('s3cret');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('reports that the issuer must be https without --dev', async () => {
    const { code, stderr } = await ostiary(['serve', 'all'], {
      ...environment(await ports()),
      URLS_SELF_ISSUER: 'http://id.example',
    });
    expect([code, stderr.includes('urls.self.issuer: expected an address that begins with https://')]).toEqual([
      1,
      true,
    ]);
  });

  it('reports that a file does not exist', async () => {
    const { code, stderr } = await ostiary(['serve', 'all', '--dev', '-c', '/no/such/file.yml']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('/no/such/file.yml: the file cannot be read: there is no such file'),
    ]);
  });

  it.each(['public', 'admin'])('reports the used port of the %s listener', async (listener) => {
    const on = await ports();
    const taken = createServer().listen(on[listener as keyof Ports], '127.0.0.1');
    await once(taken, 'listening');
    try {
      const { code, stderr } = await ostiary(['serve', 'all', '--dev'], environment(on));
      expect(code).toBe(1);
      expect(stderr).toContain(`127.0.0.1:${String(on[listener as keyof Ports])} is taken`);
      expect(stderr).not.toMatch(/^\s+at /m);
    } finally {
      taken.close();
    }
  });

  it('reports the unreachable database, without its password', async () => {
    const { code, stderr } = await ostiary(['serve', 'all', '--dev'], {
      ...environment(await ports()),
      DSN: 'postgres://nobody:s3cret@127.0.0.1:9/none?sslmode=disable',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('127.0.0.1:9, database none');
    expect(stderr).not.toContain('s3cret');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each(['public', 'admin'])('explains that memory cannot be shared by "serve %s"', async (listener) => {
    const { code, stderr } = await ostiary(['serve', listener], { DSN: 'memory' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('use "serve all"')]);
  });
});
