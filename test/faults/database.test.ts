import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTemporaryPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { openMigrator } from '../../src/database/migrations.js';
import { emptyDatabase, type TestDatabase } from '../support/postgres.js';
import { RelyingParty, send } from '../support/relying-party.js';
import { startTestServer, type TestServer } from '../support/server.js';

const WAIT = { timeout: 60_000, interval: 50 };
const health = async (server: TestServer): Promise<[number, number]> => [
  (await send('GET', `${server.public}/health/alive`)).status,
  (await send('GET', `${server.public}/health/ready`)).status,
];

describe('a database whose migrations are pending', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    database = await emptyDatabase();
    server = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('leaves the server alive and not ready, and every request gets 503', async () => {
    expect(await health(server)).toEqual([200, 503]);
    const answers = [
      await send('GET', `${server.admin}/admin/clients`),
      await send('GET', `${server.public}/.well-known/jwks.json`),
      await send('POST', `${server.admin}/admin/oauth2/introspect`, {
        body: new URLSearchParams({ token: 'ory_at_x' }),
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(answers[0]!.json.error).toBe('temporarily_unavailable');
    expect(answers[2]!.json).toEqual({ active: false }); // garbage costs no SQL
  });

  it('makes the server ready without a restart once they are applied', async () => {
    const migrator = await openMigrator(database.dsn);
    await migrator.up();
    await migrator.close();
    await vi.waitFor(async () => {
      expect(await health(server)).toEqual([200, 200]);
    }, WAIT);
    expect((await (await RelyingParty.register(server)).tokens()).id_token).toBeDefined();
  });
});

describe('a database that goes away', () => {
  let postgres: EmbeddedPostgres;
  let server: TestServer;

  beforeAll(async () => {
    postgres = await startTemporaryPostgres();
    const migrator = await openMigrator(postgres.dsn);
    await migrator.up();
    await migrator.close();
    server = await startTestServer(postgres.dsn);
  });
  afterAll(async () => {
    await server.stop();
  });

  it('is answered with 503 and no stack, while the process stays alive', async () => {
    const client = await RelyingParty.register(server);
    const { access_token: token } = await client.tokens();
    await postgres.stop();
    const answers = [
      await client.token({ grant_type: 'client_credentials' }),
      await client.admin('GET', `/clients/${client.clientId}`),
      await send('GET', `${server.public}/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
    ];
    for (const { status, json, text } of answers) {
      expect([status, json.error]).toEqual([503, 'temporarily_unavailable']);
      expect(text).not.toMatch(/ at |node_modules|ECONN/);
    }
    expect(await health(server)).toEqual([200, 503]);
  });
});

describe('connections that are cut', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    const { freshDatabase } = await import('../support/postgres.js');
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('are replaced: the server continues without a restart, and its tokens stay valid', async () => {
    const client = await RelyingParty.register(server);
    const { access_token: token } = await client.tokens();
    await cutAll(database.dsn);
    await vi.waitFor(async () => {
      expect(await health(server)).toEqual([200, 200]);
    }, WAIT);
    expect(await client.isActive(token)).toBe(true);
    expect((await client.token({ grant_type: 'client_credentials' })).status).toBe(200);
  });
});

/** Cuts the connections as a restart of PostgreSQL does. */
async function cutAll(dsn: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await client.end();
}
