/** Two releases at once: the last one, today's, and one with a further schema, on the same stores, under load. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { migrationIds, openMigrator } from '../../src/database/migrations.js';
import { killAll, Running } from '../integration/cli/ostiary.js';
import { Folder } from '../integration/config/folder.js';
import { NEXT, withNext } from '../migrations/next-schema.js';
import { freePorts } from '../support/free-ports.js';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../support/postgres.js';
import { RelyingParty, send } from '../support/relying-party.js';
import { startTestServer, type TestServer, testSettings } from '../support/server.js';
import { overBothStores } from '../support/stores.js';
import { CrossingLoad, type Fleet } from './crossing-load.js';
import { lastRelease } from './last-release.js';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const WAIT = { timeout: 60_000, interval: 50 };
/** How often each pair of servers is crossed before an event, and after it. */
const PASSES = 3;

const { program, reason } = await lastRelease();
if (reason !== undefined) process.stderr.write(`The last release is left out: ${reason}.\n`);

overBothStores('releases', (redis) => {
  let database: TestDatabase;
  let today: TestServer;
  const fleet: Fleet = {};
  const folder = new Folder();
  const children: ChildProcess[] = [];
  let files = 0;

  const settings = {
    urls: {
      ...{ self: { issuer: 'http://id.example' }, login: 'http://ui.example/login' },
      consent: 'http://ui.example/consent',
    },
    ...(redis === undefined ? {} : { redis: { url: redis, prefix: `releases:${randomUUID()}:` } }),
  };
  /** Switched on where it is known: the last release has no such key. */
  const modern = {
    ...settings,
    oauth2: { pushed_authorization_requests: { enabled: true } },
    ttl: { pushed_authorization_request: '9m' },
  };

  beforeAll(async () => {
    database = program === undefined ? await freshDatabase() : await emptyDatabase();
    if (program === undefined) return;
    const migrate = new Running(['migrate', 'sql', 'up', database.dsn, '--yes'], {}, undefined, program);
    expect(await migrate.ended).toMatchObject({ code: 0 });
    fleet.last = await startProcess(async (file) => {
      const child = new Running(['serve', 'all', '--dev', '-c', file], {}, undefined, program);
      for (const name of ['public', 'admin']) await child.says(`The ${name} listener is open on`);
    });
  });
  afterAll(async () => {
    await today.stop();
    await killAll();
    for (const child of children) child.kill('SIGKILL');
    await database.drop();
    folder.remove();
  });

  /** @param start gets the configuration file */
  async function startProcess(
    start: (file: string) => Promise<void>,
    own: Record<string, unknown> = settings,
  ): Promise<TestServer> {
    const [onPublic = 0, onAdmin = 0] = await freePorts(2);
    const listener = (port: number): object => ({ host: '127.0.0.1', port });
    const serve = { public: listener(onPublic), admin: listener(onAdmin) };
    const all = { ...testSettings(database.dsn, own), serve, log: { level: 'info' } };
    await start(folder.write(`config-${files++}.json`, JSON.stringify(all)));
    const address = (port: number): string => `http://127.0.0.1:${port}`;
    return { public: address(onPublic), admin: address(onAdmin), stop: () => Promise.resolve() };
  }

  /** Today's program with the next schema, for which it waits. */
  function startNext(): Promise<TestServer> {
    return startProcess(async (file) => {
      const args = [pathOf('../support/run-module.mjs'), pathOf('./next-server.ts'), file];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      children.push(child);
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += String(part)));
      while (!said.includes('The admin listener is open on')) {
        if (child.exitCode !== null) throw new Error(said);
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'exit')]);
      }
    }, modern);
  }

  const health = async (server: TestServer): Promise<[number, number]> => [
    (await send('GET', `${server.public}/health/alive`)).status,
    (await send('GET', `${server.public}/health/ready`)).status,
  ];

  const register = (): Promise<RelyingParty> =>
    RelyingParty.register(Object.values(fleet)[0] ?? today, {
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    });

  it('today, on the schema of the last one, waits for its migrations, and becomes ready when they are applied', async () => {
    const migrator = await openMigrator(database.dsn);
    const pending = (await migrator.status()).filter(({ state }) => state === 'Pending');
    today = await startTestServer(database.dsn, modern);
    if (pending.length > 0) {
      expect(await health(today)).toEqual([200, 503]);
      const { text } = await send('GET', `${today.admin}/health/ready`);
      for (const { name, version } of pending) expect(text).toContain(name + version);
    }
    const load = fleet.last && new CrossingLoad({ last: fleet.last, same: fleet.last }, await register()).start();
    await load?.goesOn(1);
    expect(await migrator.up()).toHaveLength(pending.length);
    await migrator.close();
    await load?.goesOn(1);
    await load?.stop();
    expect(load?.errors ?? []).toEqual([]);
    await vi.waitFor(async () => {
      expect(await health(today)).toEqual([200, 200]);
    }, WAIT);
    fleet.today = today;
  });

  it.skipIf(program === undefined)(
    'the last release and today continue flows of each other, on the schema of today',
    async () => {
      const load = new CrossingLoad(fleet, await register()).start();
      await load.goesOn(PASSES);
      await load.stop();
      expect(load.errors).toEqual([]);
    },
  );

  it('both keep serving while the next schema is applied, for which the next release waits', async () => {
    const next = await startNext();
    expect(await health(next)).toEqual([200, 503]);
    const { text } = await send('GET', `${next.admin}/health/ready`);
    for (const migration of NEXT) expect(text).toContain(new migration().name);
    const load = new CrossingLoad(program === undefined ? { today, same: today } : fleet, await register()).start();
    await load.goesOn(1);
    const migrator = await openMigrator(database.dsn, undefined, withNext);
    expect(await migrator.up()).toHaveLength(NEXT.length);
    await migrator.close();
    await load.goesOn(PASSES);
    await load.stop();
    expect(load.errors).toEqual([]);
    await vi.waitFor(async () => {
      expect(await health(next)).toEqual([200, 200]);
    }, WAIT);
    fleet.next = next;
  });

  it('all of them continue flows of each other, on the next schema', async () => {
    const load = new CrossingLoad(fleet, await register()).start();
    await load.goesOn(PASSES);
    await load.stop();
    expect(load.errors).toEqual([]);
    expect(load.passed.size).toBe(program === undefined ? 2 : 6);
    expect(load.pushed).toBeGreaterThan(0);
    expect(migrationIds).toHaveLength(withNext.length - NEXT.length);
  });

  it('the load detects a column that is dropped too early', async () => {
    const client = await register();
    const direct = new pg.Client({ connectionString: database.dsn });
    await direct.connect();
    await direct.query('alter table refresh_chain rename column previous_uses to uses');
    await direct.end();
    const load = new CrossingLoad(fleet, client).start();
    await load.goesOn(PASSES);
    await load.stop();
    expect(load.errors).not.toEqual([]);
  });
});
