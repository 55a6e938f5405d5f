import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

describe('lifespans of a client', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it.each(['-24h', '-876000h', '-2000000h'])(
    'of %s give a token that has expired, and make no partition of a day that is over',
    async (life) => {
      const secret = { client_secret: 'a-secret-of-the-tests' };
      const registered = await RelyingParty.register(server, {
        ...secret,
        client_credentials_grant_access_token_lifespan: life,
      });
      const client = registered.withSecret(secret.client_secret);
      const today = Math.floor(Date.now() / 86_400_000);
      const { status, json } = await client.token({ grant_type: 'client_credentials' });
      expect([status, json.expires_in]).toEqual([200, 0]);
      expect(await client.isActive(json.access_token as string)).toBe(false);
      expect((await partitions()).filter((day) => day > 0 && day < today)).toEqual([]);
    },
  );

  /** The days of the partitions; 0: the one of what lives longest. */
  async function partitions(): Promise<number[]> {
    const sql = new pg.Client(database.dsn);
    await sql.connect();
    const { rows } = await sql.query<{ day: number }>(
      "select substring(relname from '[0-9]+$')::integer as day from pg_class where relname ~ '^access_token_[0-9]+$'",
    );
    await sql.end();
    return rows.map(({ day }) => day);
  }
});
