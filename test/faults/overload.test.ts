import { once } from 'node:events';
import { connect } from 'node:net';
import type { ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { Receiver } from '../support/receiver.js';
import { startTestServer, type TestServer } from '../support/server.js';

const SECRET = 'a secret of the overload test';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const withConnections = (most: number): string =>
  `${database.dsn}${database.dsn.includes('?') ? '&' : '?'}max_conns=${most}`;

function token(server: TestServer, clientId: string, secret = SECRET): Promise<Response> {
  return fetch(`${server.public}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}

async function register(server: TestServer): Promise<string> {
  const answer = await fetch(`${server.admin}/admin/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_secret: SECRET, grant_types: ['client_credentials'] }),
  });
  return ((await answer.json()) as { client_id: string }).client_id;
}

/** Locks the table for everybody else until `release`. */
async function lock(table: string): Promise<{ client: Client; release: () => Promise<void> }> {
  const client = new Client({ connectionString: database.dsn });
  client.on('error', () => undefined); // where the test fails, the database is dropped while this connection is open
  await client.connect();
  await client.query(`begin; lock table ${table} in access exclusive mode`);
  const release = async (): Promise<void> => {
    await client.query('commit');
    await client.end();
  };
  return { client, release };
}

/** Counts responses by status as they come. */
function counted(answers: Promise<Response>[]): { of: (status: number) => number; all: Promise<void> } {
  const statuses: number[] = [];
  const all = Promise.all(answers.map(async (answer) => statuses.push((await answer).status)));
  return { of: (status) => statuses.filter((one) => one === status).length, all: all.then(() => undefined) };
}

/** Sends only the head of a token request; returns the response, or nothing where the server waits for the body. */
async function statusOfHead(server: TestServer): Promise<string> {
  const socket = connect(Number(new URL(server.public).port), '127.0.0.1');
  socket.write('POST /oauth2/token HTTP/1.1\r\nhost: a\r\nauthorization: Basic eDp5\r\ncontent-length: 40\r\n\r\n');
  const patience = { signal: AbortSignal.timeout(300) };
  const [data] = (await once(socket, 'data', patience).catch(() => [''])) as [Buffer | string];
  socket.destroy();
  return data.toString();
}

describe('more statements than may wait (database.max_waiting)', () => {
  it('refuses the requests beyond the queue at once, and answers the others when the database continues', async () => {
    const server = await startTestServer(withConnections(1), { database: { max_waiting: 3, max_wait: '0s' } });
    const { release } = await lock('client');
    const refused: Response[] = [];
    const asked = Array.from({ length: 20 }, (_, i) => token(server, `client-${i}`));
    const answers = counted(asked);
    for (const one of asked) void one.then((response) => response.status === 503 && refused.push(response));
    // one connection and three waiting requests, unless the server's own work is among them
    await expect.poll(() => answers.of(503)).toBeGreaterThanOrEqual(16);
    expect(refused.every(({ headers }) => headers.get('retry-after') === '1')).toBe(true);
    expect(await refused[0]?.json()).toMatchObject({ error: 'temporarily_unavailable' });
    await release();
    await answers.all;
    expect(answers.of(401) + answers.of(503)).toBe(20);
    expect((await fetch(`${server.public}/health/ready`)).status).toBe(200);
    await server.stop();
  });
});

describe('waiting for longer than database.max_wait', () => {
  it('is refused, and a refused request is not executed afterwards', async () => {
    const server = await startTestServer(withConnections(1), { database: { max_wait: '1s' } });
    const id = await register(server);
    expect((await token(server, id)).status).toBe(200);
    const { client, release } = await lock('access_token');
    const answers = counted(Array.from({ length: 6 }, () => token(server, id)));
    // the first requests form two statements: one has the connection, one waits for it
    await expect.poll(() => answers.of(503), { timeout: 5_000 }).toBeGreaterThanOrEqual(4);
    await release();
    await answers.all;
    const holder = new Client({ connectionString: database.dsn });
    await holder.connect();
    const { rows } = await holder.query<{ count: string }>('select count(*) from access_token');
    await holder.end();
    expect(client).toBeDefined();
    expect(Number(rows[0]?.count)).toBe(1 + answers.of(200));
    await server.stop();
  });
});

describe('a queue that stays long', () => {
  let server: TestServer;
  let id: string;
  beforeAll(async () => {
    server = await startTestServer(withConnections(1), { database: { max_wait: '4s' } });
    id = await register(server);
  });
  afterAll(() => server.stop());

  it('leads to refusals on arrival; health checks and administrators are served, and the log reports it once a second', async () => {
    expect((await token(server, id)).status).toBe(200);
    const warned = vi.spyOn(Logger.prototype, 'warn');
    const { release } = await lock('client');
    const waiting = counted(Array.from({ length: 100 }, (_, i) => token(server, `client-${i}`)));
    await expect.poll(() => statusOfHead(server), { interval: 100, timeout: 3_500 }).toMatch(/^HTTP\/1.1 503 /);
    expect(await statusOfHead(server)).toMatch(/retry-after: [123]\r\n/i);
    const operator = fetch(`${server.admin}/admin/clients/${id}`);
    const wrong = await token(server, id, 'a wrong secret');
    expect([wrong.status, await wrong.json()]).toMatchObject([503, { error: 'temporarily_unavailable' }]);
    const page = await fetch(`${server.public}/oauth2/auth?client_id=a`, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect((await fetch(`${server.public}/health/alive`)).status).toBe(200);
    const many = await Promise.all(Array.from({ length: 50 }, () => token(server, id)));
    expect(many.every(({ status }) => status === 503)).toBe(true);
    await release();
    expect((await operator).status).toBe(200);
    const metrics = await (await fetch(`${server.admin}/admin/metrics/prometheus`)).text();
    expect(metrics).toMatch(/http_requests_total\{[^}]*code="503"[^}]*\} [1-9]/);
    await waiting.all;
    const lines = warned.mock.calls.filter(([what]) => /^Requests are refused/.test(textOf(what)));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(20);
    warned.mockRestore();
  });

  it('ends with the load: everything is served again', async () => {
    const served = async (): Promise<number> => {
      const answers = counted(Array.from({ length: 60 }, () => token(server, id)));
      await answers.all;
      return answers.of(200);
    };
    await expect.poll(served, { timeout: 10_000 }).toBe(60);
  });
});

describe('no overload', () => {
  it('five hundred requests at once on an idle server are all served', async () => {
    const server = await startTestServer(database.dsn, { database: { max_wait: '30s' } });
    const id = await register(server);
    const answers = counted(Array.from({ length: 500 }, () => token(server, id)));
    await answers.all;
    expect(answers.of(200)).toBe(500);
    await server.stop();
  });

  it('requests that wait for a hook block no others', async () => {
    const hook = await Receiver.open();
    const held: ServerResponse[] = [];
    hook.answer = (response) => held.push(response);
    const server = await startTestServer(database.dsn, { oauth2: { token_hook: `${hook.url}/hook` } });
    const id = await register(server);
    const answers = counted(Array.from({ length: 150 }, () => token(server, id)));
    await hook.received(150);
    expect((await fetch(`${server.admin}/admin/clients/${id}`)).status).toBe(200);
    hook.answer = 204;
    expect((await token(server, id)).status).toBe(200);
    for (const response of held) response.writeHead(204).end();
    await answers.all;
    expect(answers.of(200)).toBe(150);
    await server.stop();
    await hook.close();
  });
});

const textOf = (what: unknown): string =>
  typeof what === 'object' && what !== null && 'message' in what ? String(what.message) : String(what);
