/** `serve.workers`: several processes behave like one server. */
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Folder } from '../config/folder.js';
import { certificateOf } from '../http/certificate.js';
import { killAll, ostiary, program } from './ostiary.js';
import { type Answer, ask, eventually, isRunning, WorkersServer } from './workers-server.js';

const SERVES = '2 workers serve.';
const DISCOVERY = '/.well-known/openid-configuration';

let folder: Folder;
let database: TestDatabase;

beforeAll(async () => {
  await program();
  database = await freshDatabase();
  folder = new Folder();
});

afterAll(async () => {
  folder.remove();
  await database.drop();
});

const scopes = (word: string): string => `webfinger: { oidc_discovery: { supported_scope: [${word}] } }\n`;
const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('two workers', () => {
  let server: WorkersServer;
  let audit: string;

  beforeAll(async () => {
    audit = join(folder.path, 'audit.log');
    server = await WorkersServer.start(
      {
        DSN: `${database.dsn}${database.dsn.includes('?') ? '&' : '?'}max_conns=5`,
        LOG_AUDIT: audit,
        OAUTH2_INTROSPECTION_PUBLIC: 'true',
        OAUTH2_HASHERS_PBKDF2_ITERATIONS: '1000',
        NODE_OPTIONS: `--import=${loadedTo(folder)}`,
        LOADED_TO: folder.path,
      },
      ['-c', folder.write('workers.yml', scopes('before'))],
    );
    await server.says(SERVES);
  });

  afterAll(killAll);

  /** Whether a process has loaded a package, either directly or in a built file whose source map names it. */
  function hasLoaded(pid: number, name: string): boolean {
    const urls = readFileSync(join(folder.path, `loaded.${String(pid)}`), 'utf8').split('\n');
    const files = urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
    return files.flatMap(sourcesOf).some((source) => source.includes(`node_modules/${name}/`));
  }

  function sourcesOf(file: string): string[] {
    if (!existsSync(`${file}.map`)) return [file];
    return [file, ...(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] }).sources];
  }

  async function createClient(): Promise<{ id: string; authorization: string }> {
    const wanted = JSON.stringify({ grant_types: ['client_credentials'] });
    const { status, text } = await server.post('admin', '/admin/clients', wanted);
    expect(status).toBe(201);
    const { client_id: id, client_secret: secret } = JSON.parse(text) as Record<string, string>;
    return { id: id ?? '', authorization: basic(id ?? '', secret ?? '') };
  }

  const token = (authorization: string): Promise<Answer> =>
    server.post('public', '/oauth2/token', 'grant_type=client_credentials', { ...FORM, authorization });

  it('both answer, and report their address once', async () => {
    expect(await server.workers()).toHaveLength(2);
    const answers = await server.everywhere(() => server.get('public', '/health/ready'));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await server.says('"worker":1,"context":"Invalidation"');
    await eventually(() => [1, 2].every((worker) => server.stdout.includes(`"worker":${String(worker)},"listener"`)));
    expect(server.stdout.split('The public listener is open on')).toHaveLength(2);
  });

  it('load the application, which the primary process does not', async () => {
    const [worker = 0] = await server.workers();
    for (const name of ['@nestjs/core', '@nestjs/common', 'typeorm', 'express', 'ajv']) {
      expect([name, hasLoaded(worker, name), hasLoaded(server.pid, name)]).toEqual([
        name,
        name !== 'ajv',
        name === 'ajv',
      ]);
    }
  });

  it('are measured together, whichever worker is asked', async () => {
    const route = ['http_requests_total', `endpoint="${DISCOVERY}"`] as const;
    const before = await server.metric(...route);
    await server.everywhere(() => server.get('public', DISCOVERY));
    await server.everywhere(() => server.get('public', DISCOVERY));
    const sums = await Promise.all(Array.from({ length: 6 }, () => server.metric(...route)));
    expect(new Set(sums.map((sum) => sum - before))).toEqual(new Set([24]));
    expect(await server.metric('ostiary_cache_feed')).toBe(2);
    expect(await server.metric('process_start_time_seconds')).toBeGreaterThan(1e9);
  });

  it('share the connections to the database', async () => {
    const { authorization } = await createClient();
    const client = new pg.Client({ connectionString: database.dsn, application_name: 'test' });
    await client.connect();
    const count = async (): Promise<number> => {
      const text = `select count(*)::integer as n from pg_stat_activity where datname = current_database() and application_name = 'ostiary'`;
      return (await client.query<{ n: number }>(text)).rows[0]?.n ?? 0;
    };
    const load = Promise.all(Array.from({ length: 20 }, () => server.everywhere(() => token(authorization))));
    const counts: number[] = [];
    const under = { load: true };
    void load.finally(() => (under.load = false));
    while (under.load) counts.push(await count());
    await client.end();
    expect((await load).flat().every(({ status }) => status === 200)).toBe(true);
    expect(Math.max(...counts)).toBeLessThanOrEqual(5 + 2 + 2); // each uses one more for change messages, and one for health checks
  });

  it('refuse a client that one worker has deleted', async () => {
    const { id, authorization } = await createClient();
    const authenticated = async (): Promise<number[]> => {
      const headers = { ...FORM, authorization };
      const answers = await server.everywhere(() => server.post('public', '/oauth2/introspect', 'token=none', headers));
      return answers.map(({ status }) => status);
    };
    expect(new Set(await authenticated())).toEqual(new Set([200]));
    expect(new Set(await authenticated())).toEqual(new Set([200])); // caches the client in both
    expect((await ask({ port: server.ports.admin, path: `/admin/clients/${id}`, method: 'DELETE' })).status).toBe(204);
    await eventually(async () => (await authenticated()).every((status) => status === 401));
  });

  it('apply a changed configuration, and keep it when a broken one follows', async () => {
    const everywhereIs = async (word: string): Promise<boolean> => {
      const answers = await server.everywhere(() => server.get('public', DISCOVERY));
      return answers.every(({ text }) => text.includes(`"${word}"`));
    };
    expect(await everywhereIs('before')).toBe(true);
    folder.write('workers.yml', scopes('after'));
    await eventually(() => everywhereIs('after'));
    folder.write('workers.yml', 'ttl: { access_token: soon }\n');
    await server.says('The changed configuration is refused');
    expect(await everywhereIs('after')).toBe(true);
    const said = (text: string): number => server.stdout.split(text).length - 1;
    expect([said('The changed configuration is in force.'), said('The changed configuration is refused')]).toEqual([
      1, 1,
    ]);
  });

  it('reopen their audit file on SIGHUP', async () => {
    const { authorization } = await createClient();
    renameSync(audit, `${audit}.1`);
    server.signal('SIGHUP');
    await eventually(() => existsSync(audit));
    const tokens = await server.everywhere(() => token(authorization));
    const lines = (): number =>
      readFileSync(audit, 'utf8')
        .split('\n')
        .filter((line) => line.includes('"token.issued"')).length;
    await eventually(() => lines() >= tokens.length);
    expect(lines()).toBe(tokens.length);
  });

  it('are replaced when they die, even with a broken configuration file, and the others continue', async () => {
    const [victim = 0, other = 0] = await server.workers();
    process.kill(victim, 'SIGKILL');
    await server.says(`(process ${String(victim)}) ended unasked: SIGKILL`);
    const answers = await server.everywhere(() => server.get('admin', '/admin/metrics/prometheus'));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await eventually(() => server.stdout.split(SERVES).length === 3);
    const now = await server.workers();
    expect([now.length, now.includes(other), now.includes(victim)]).toEqual([2, true, false]);
    const documents = await server.everywhere(() => server.get('public', DISCOVERY));
    expect(documents.every(({ text }) => text.includes('"after"'))).toBe(true);
  });

  it('answer requests in flight when the whole process group receives the signal', async () => {
    const { authorization } = await createClient();
    const headers = { ...FORM, authorization, 'content-length': 29, connection: 'close' };
    const { port } = { port: server.ports.public };
    const slow = request({ host: '127.0.0.1', port, path: '/oauth2/token', method: 'POST', agent: false, headers });
    const answer = once(slow, 'response');
    slow.write('grant_type=');
    await eventually(async () => (await server.get('public', '/health/alive')).status === 200);
    for (const pid of await server.workers()) process.kill(pid, 'SIGINT');
    server.signal('SIGINT');
    await eventually(async () => (await server.workers()).length === 1);
    slow.end('client_credentials');
    const [response] = (await answer) as [{ statusCode: number }];
    expect(response.statusCode).toBe(200);
    expect((await server.ended).code).toBe(0);
    expect(await server.workers()).toEqual([]);
  });
});

describe('the end of several processes', () => {
  let server: WorkersServer;
  let workers: number[];

  beforeEach(async () => {
    server = await WorkersServer.start({ DSN: database.dsn, SERVE_SHUTDOWN_DELAY: '1h' });
    await server.says(SERVES);
    workers = await server.workers();
  });

  afterEach(killAll);

  const allGone = (): Promise<void> => eventually(() => !workers.some(isRunning));

  it('has code 1 when two workers die within ten seconds', async () => {
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    const { code, stderr } = await server.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('Two workers ended unasked within 10 seconds')]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('includes the workers when the primary process is killed', async () => {
    server.signal('SIGKILL');
    await allGone();
    const again = createServer().listen(server.ports.public, '127.0.0.1');
    await once(again, 'listening');
    again.close();
  });

  it('happens at once with code 1 on a second signal', async () => {
    server.signal('SIGTERM');
    await eventually(async () => (await server.get('admin', '/health/ready')).status === 503);
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(1);
    await allGone();
  });
});

describe('several processes', () => {
  afterEach(killAll);

  it('share an embedded database, which ends with the primary process', async () => {
    const server = await WorkersServer.start({ DSN: 'memory' });
    await server.says(SERVES);
    const { status, text } = await server.post('admin', '/admin/clients', '{"client_id":"shared"}');
    expect([status, text.includes('shared')]).toEqual([201, true]);
    const found = await server.everywhere(() => server.get('admin', '/admin/clients/shared'));
    expect(found.every((answer) => answer.status === 200)).toBe(true);
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });

  it('share a Unix socket with its mode and connection limit, and a port with TLS', async () => {
    const socket = join(folder.path, 'public.sock');
    const { cert, key } = await certificateOf('workers');
    const pem = (text: string): string => Buffer.from(text).toString('base64');
    const server = await WorkersServer.start({
      DSN: database.dsn,
      SERVE_PUBLIC_HOST: `unix:${socket}`,
      SERVE_PUBLIC_SOCKET_MODE: '432',
      SERVE_PUBLIC_MAX_CONNECTIONS: '30',
      SERVE_ADMIN_TLS_ENABLED: 'true',
      SERVE_ADMIN_TLS_CERT_BASE64: pem(cert),
      SERVE_ADMIN_TLS_KEY_BASE64: pem(key),
    });
    await server.says(`The public listener is open on unix:${socket}`);
    await server.says(`The admin listener is open on https://127.0.0.1:${String(server.ports.admin)}`);
    await server.says(SERVES);
    expect(statSync(socket).mode & 0o777).toBe(0o660);
    const ready = await server.everywhere(() => ask({ socketPath: socket, path: '/health/ready' }));
    expect(ready.every(({ status }) => status === 200)).toBe(true);
    const plain = await server.everywhere(() => server.get('admin', '/admin/clients'));
    expect(plain.every(({ status }) => status === 400)).toBe(true); // the port expects TLS
    await eventually(() => [1, 2].every((worker) => server.stdout.includes(`"worker":${String(worker)},"listener"`)));
    const open = new Set(Array.from({ length: 40 }, () => connect(socket)));
    for (const one of open) one.once('close', () => open.delete(one)).on('error', () => undefined);
    await eventually(() => open.size <= 30);
    await server.says('The public listener closes connections: it has 15 (serve.public.max_connections)');
    for (const one of open) one.destroy();
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect(existsSync(socket)).toBe(false);
  });

  it('do not start if a port is used, and report it once', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = String((taken.address() as { port: number }).port);
    const server = await WorkersServer.start({ DSN: database.dsn, SERVE_ADMIN_PORT: port });
    const { code, stdout, stderr } = await server.ended;
    taken.close();
    expect([code, stdout, stderr.split('is taken by another process')]).toEqual([1, '', expect.any(Array)]);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(`127.0.0.1:${port} is taken`)]);
  });

  it('do not start if the database cannot be reached, and report it once', async () => {
    const dsn = 'postgres://nobody@127.0.0.1:5433/no_such_database_of_a_test?sslmode=disable';
    const server = await WorkersServer.start({ DSN: dsn.replace('5433', '9') });
    const { code, stderr } = await server.ended;
    expect([code, stderr.trim().split('\n')]).toEqual([1, [expect.stringContaining('127.0.0.1:9')]]);
  });

  it('are configured as a whole number or auto', async () => {
    const { code, stderr } = await ostiary(['serve', 'all', '--dev'], { SERVE_WORKERS: 'many' });
    expect(code).toBe(1);
    expect(stderr).toContain('serve.workers: expected auto, or a whole number from 1 to 999, got "many"');
  });
});

/** Writes a module that records the files that each process loads. Returns its path. */
function loadedTo(place: Folder): string {
  const hook = place.write(
    'hook.mjs',
    `import { appendFileSync } from 'node:fs';
export function load(url, context, next) {
  appendFileSync(process.env.LOADED_TO + '/loaded.' + process.pid, url + '\\n');
  return next(url, context);
}`,
  );
  return place.write(
    'register.mjs',
    `import { appendFileSync } from 'node:fs';
import Module, { register } from 'node:module';
register('file://${hook}');
const read = Module._extensions['.js'];
Module._extensions['.js'] = (module, file) => {
  appendFileSync(process.env.LOADED_TO + '/loaded.' + process.pid, 'file://' + file + '\\n');
  return read(module, file);
};
`,
  );
}
