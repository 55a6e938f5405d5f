import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { startTestServer, type TestServer } from '../support/server.js';

const REQUESTS = 20;

let database: TestDatabase;
let server: TestServer;
beforeAll(async () => {
  database = await freshDatabase();
  const dsn = `${database.dsn}${database.dsn.includes('?') ? '&' : '?'}max_conns=1`;
  server = await startTestServer(dsn, { database: { max_waiting: 3 } });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

function token(clientId: string): Promise<Response> {
  return fetch(`${server.public}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:a-secret`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}

describe('more work than the database can do', () => {
  it('is told at once to those beyond the queue, and the others are answered when it goes on', async () => {
    const holder = new Client({ connectionString: database.dsn });
    holder.on('error', () => undefined); // where the test fails, the database goes while it is open
    await holder.connect();
    await holder.query('begin; lock table client in access exclusive mode');
    const refused: Response[] = [];
    const answered: number[] = [];
    const asked = Array.from({ length: REQUESTS }, (_, i) =>
      token(`client-${i}`).then((response) => {
        if (response.status === 503) refused.push(response);
        else answered.push(response.status);
      }),
    );
    // one connection, three who wait, unless what the server does by itself is among them
    await expect.poll(() => refused.length).toBeGreaterThanOrEqual(REQUESTS - 4);
    expect(refused.every(({ headers }) => headers.get('retry-after') === '1')).toBe(true);
    expect(await refused[0]?.json()).toMatchObject({ error: 'temporarily_unavailable' });
    await holder.query('commit');
    await holder.end();
    await Promise.all(asked);
    expect(answered.every((status) => status === 401)).toBe(true);
    expect(answered.length + refused.length).toBe(REQUESTS);
    expect((await fetch(`${server.public}/health/ready`)).status).toBe(200);
  });
});
