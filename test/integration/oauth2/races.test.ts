import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { type Answer, CALLBACK, RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const CLOCKS_APART_MS = 300_000;

/** A credential that may be used once, as the form that uses it. */
const KINDS: [string, (client: RelyingParty) => Promise<Record<string, string>>][] = [
  [
    'a code',
    async (client) => ({ grant_type: 'authorization_code', code: await client.code(), redirect_uri: CALLBACK }),
  ],
  [
    'a refresh token',
    async (client) => ({ grant_type: 'refresh_token', refresh_token: (await client.tokens()).refresh_token }),
  ],
];

for (const [kind, usesOf] of KINDS) {
  describe(`${kind} that is used twice`, () => {
    let database: TestDatabase;
    let hook: Receiver;
    let one: TestServer;
    let two: TestServer;
    /** Calls of the hook that wait for an answer. */
    let held: ServerResponse[];

    beforeAll(async () => {
      database = await freshDatabase();
      hook = await Receiver.open();
      const settings = { oauth2: { token_hook: hook.url } };
      [one, two] = [await startTestServer(database.dsn, settings), await startTestServer(database.dsn, settings)];
    });
    afterAll(async () => {
      await Promise.all([one.stop(), two.stop()]);
      await hook.close();
      await database.drop();
    });
    beforeEach(() => {
      hook.clear();
      hook.answer = 204;
      held = [];
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    const holdHook = (): void => {
      hook.clear();
      hook.answer = (response) => held.push(response);
    };
    const release = (response: ServerResponse | undefined): void => {
      response?.writeHead(204).end();
    };
    /** Whether each token of an answer is active. */
    const lives = async (client: RelyingParty, { json }: Pick<Answer, 'json'>): Promise<boolean[]> => [
      await client.isActive(json.access_token as string),
      await client.isActive(json.refresh_token as string),
    ];

    it.each([
      ['the same server', () => [one, one]],
      ['another server', () => [one, two]],
    ])(
      'at %s is a race if the second request arrives before the first answer, and nothing is revoked',
      async (_, servers) => {
        const [first, second] = servers();
        const client = await RelyingParty.register(one);
        const form = await usesOf(client);
        holdHook();
        const winner = client.at(first!).token(form);
        await hook.received(1);
        const loser = client.at(second!).token(form);
        await hook.received(2);
        release(held[0]);
        const won = await winner;
        release(held[1]);
        expect([won.status, (await loser).json.error]).toEqual([200, 'invalid_grant']);
        expect(await lives(client, won)).toEqual([true, true]);
      },
    );

    it('fifty times at once over two servers with a slow hook has one winner, whose tokens live', async () => {
      const client = await RelyingParty.register(one);
      const form = await usesOf(client);
      holdHook();
      const volley = client.volley(50, form, [one, two]);
      await hook.received(50);
      held.forEach(release);
      const answers = await volley;
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      for (const { status, json } of answers) if (status !== 200) expect(json.error).toBe('invalid_grant');
      expect(await lives(client, won[0]!)).toEqual([true, true]);
    });

    it('is a replay however early its head was sent', async () => {
      const client = await RelyingParty.register(one);
      const form = await usesOf(client);
      const thief = await heldBack(one, client, form);
      const won = await client.token(form);
      expect(await thief.complete()).toBe(400);
      expect(await lives(client, won)).toEqual([false, false]);
    });

    it('is a replay at a server whose clock is behind that of the first one', async () => {
      const client = await RelyingParty.register(one);
      const form = await usesOf(client);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + CLOCKS_APART_MS });
      const won = await client.token(form);
      vi.useRealTimers();
      await expect
        .poll(async () => {
          const again = await client.at(two).token(form); // may still be a race within 100 ms
          return [again.json.error, ...(await lives(client, won))];
        })
        .toEqual(['invalid_grant', false, false]);
    });

    it('stays a race at a server whose clock is ahead of that of the first one', async () => {
      const client = await RelyingParty.register(one);
      const form = await usesOf(client);
      holdHook();
      const winner = client.token(form);
      await hook.received(1);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + CLOCKS_APART_MS });
      const loser = client.at(two).token(form);
      await hook.received(2);
      vi.useRealTimers();
      release(held[0]);
      const won = await winner;
      release(held[1]);
      expect((await loser).json.error).toBe('invalid_grant');
      expect(await lives(client, won)).toEqual([true, true]);
    });
  });
}

describe('a refresh token that is used twice, after its successor was used', () => {
  it('is a race at another server if the second request arrives before the first answer', async () => {
    const database = await freshDatabase();
    const hook = await Receiver.open();
    hook.answer = 204;
    const settings = { oauth2: { token_hook: hook.url } };
    const servers = [await startTestServer(database.dsn, settings), await startTestServer(database.dsn, settings)];
    try {
      const client = await RelyingParty.register(servers[0]!);
      const { refresh_token: token } = await client.tokens();
      hook.clear();
      const held: ServerResponse[] = [];
      hook.answer = (response) => held.push(response);
      const loser = client.at(servers[1]!).refresh(token);
      await hook.received(1);
      hook.answer = 204;
      const won = await client.refresh(token);
      const next = await client.refresh(won.json.refresh_token as string);
      held[0]?.writeHead(204).end();
      expect((await loser).json.error).toBe('invalid_grant');
      expect(await client.isActive(next.json.access_token as string)).toBe(true);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      await hook.close();
      await database.drop();
    }
  });
});

describe('a request with a late body', () => {
  it('presents an expired code if the code expires before its last byte', async () => {
    const database = await freshDatabase();
    const server = await startTestServer(database.dsn);
    try {
      const client = await RelyingParty.register(server);
      const form = { grant_type: 'authorization_code', code: await client.code(), redirect_uri: CALLBACK };
      const late = await heldBack(server, client, form);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
      expect(await late.complete()).toBe(400);
      vi.useRealTimers();
      expect((await client.token(form)).status).toBe(200);
    } finally {
      vi.useRealTimers();
      await server.stop();
      await database.drop();
    }
  });
});

/** A token request of which the server has the head. `complete` sends the body and returns the status of the answer. */
async function heldBack(
  server: TestServer,
  client: RelyingParty,
  form: Record<string, string>,
): Promise<{ complete: () => Promise<number> }> {
  const { hostname, port } = new URL(server.public);
  const body = new URLSearchParams(form).toString();
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  socket.on('error', () => undefined); // a reset may follow the answer; without an answer the test fails by timeout
  const head = [
    ...['POST /oauth2/token HTTP/1.1', `Host: ${hostname}`, `Authorization: ${client.credentials.authorization}`],
    ...['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`],
    ...['Expect: 100-continue', 'Connection: close'],
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await new Promise((done) => socket.once('data', done)); // the server answers 100 Continue and waits for the body
  return {
    complete: () =>
      new Promise((done) => {
        socket.once('data', (answer: string) => {
          socket.destroy();
          done(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]));
        });
        socket.write(body);
      }),
  };
}
