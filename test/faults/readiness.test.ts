/** Ready means that requests can be served: the check asks the database itself, and never waits behind requests. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PostgresPair } from '../support/postgres-pair.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { send } from '../support/relying-party.js';
import { startTestServer, type TestServer } from '../support/server.js';

const ready = async (server: TestServer): Promise<[number, string]> => {
  const { status, text } = await send('GET', `${server.admin}/health/ready`);
  return [status, text];
};

describe('a server whose database cannot be written', () => {
  let pair: PostgresPair;
  let server: TestServer;
  beforeAll(async () => {
    pair = await PostgresPair.create();
  });
  afterAll(() => pair.remove());
  afterEach(async () => {
    await server.stop();
    pair.address.pointAt(pair.primary.port);
  });

  const start = async (): Promise<void> => {
    server = await startTestServer(pair.dsn);
    expect((await ready(server))[0]).toBe(200);
  };
  const becomes = (status: number, text: RegExp): Promise<void> =>
    expect.poll(() => ready(server)).toEqual([status, expect.stringMatching(text)]);

  it('is not ready where its address leads to a standby, and ready again when it leads back', async () => {
    await start();
    await pair.inStep();
    pair.address.pointAt(pair.standby.port);
    pair.address.cut();
    await becomes(503, /standby/);
    pair.address.pointAt(pair.primary.port);
    await becomes(200, /ok/);
  });

  it('is not ready while it is set to read only', async () => {
    await start();
    const set = async (value: string): Promise<void> => {
      await pair.primary.query(`alter system set default_transaction_read_only = ${value}`);
      await pair.primary.query('select pg_reload_conf()');
    };
    await set('on');
    try {
      await becomes(503, /read-only/);
    } finally {
      await set('off');
    }
    await becomes(200, /ok/);
  });

  it('is not ready while it is frozen, and the server can still be stopped', async () => {
    await start();
    pair.primary.freeze();
    try {
      await becomes(503, /no answer/);
      await server.stop();
    } finally {
      pair.primary.unfreeze();
    }
  });
});

describe('a server whose database connections are all in use', () => {
  let database: TestDatabase;
  let server: TestServer;
  let holder: pg.Client;
  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(`${database.dsn}${database.dsn.includes('?') ? '&' : '?'}max_conns=1`, {
      database: { max_waiting: 0 },
    });
    holder = new pg.Client({ connectionString: database.dsn });
    await holder.connect();
  });
  afterAll(async () => {
    await holder.end();
    await server.stop();
    await database.drop();
  });

  it('is ready while requests wait for one, and probes share one check on one connection', async () => {
    expect((await ready(server))[0]).toBe(200);
    await holder.query('begin; lock table client in access exclusive mode');
    const waiting = Array.from({ length: 10 }, (_, i) =>
      send('GET', `${server.admin}/admin/clients/client-${String(i)}`),
    );
    await expect
      .poll(async () => (await holder.query('select from pg_locks where not granted')).rowCount)
      .toBeGreaterThan(0);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ready(server)));
    expect([...new Set(answers.map(([status]) => status))]).toEqual([200]);
    const { rows } = await holder.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where datname = current_database() and application_name = 'ostiary'
       and query like '%pg_is_in_recovery%'`,
    );
    expect(rows[0]?.count).toBe(1);
    await holder.query('commit');
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(10).fill(404));
  });
});
