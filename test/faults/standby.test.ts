/** The database address leads to a standby, for a while or for good, as names and virtual addresses do. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PostgresPair } from '../support/postgres-pair.js';
import { type Answer, RelyingParty, send, type Tokens } from '../support/relying-party.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** How many requests of each kind at once: this many connections of the pool are in use. */
const MANY = 6;
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'];
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

describe('an address that leads to a standby', () => {
  let pair: PostgresPair;
  let server: TestServer;
  let client: RelyingParty;
  let tokens: Tokens;

  beforeAll(async () => {
    pair = await PostgresPair.create();
  });
  afterAll(() => pair.remove());
  beforeEach(async () => {
    pair.address.pointAt(pair.primary.port);
    server = await startTestServer(pair.dsn);
    client = await RelyingParty.register(server, { grant_types: [...GRANTS, DEVICE_CODE] });
    tokens = await client.tokens();
  });
  afterEach(() => server.stop());

  const many = <T>(act: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: MANY }, act));
  const authorize = (): Promise<Answer> => send('GET', server.public + client.address());
  const clientCredentials = (): Promise<Answer> => client.token({ grant_type: 'client_credentials' });
  const statuses = (answers: Answer[]): number[] => [...new Set(answers.map(({ status }) => status))];

  /** Every connection of the pool leads to the standby. */
  async function move(port: number): Promise<void> {
    await pair.inStep();
    pair.address.pointAt(port);
    pair.address.cut();
  }

  it('makes each write get 503', async () => {
    await move(pair.standby.port);
    const writes: (() => Promise<Answer>)[] = [
      ...[authorize, clientCredentials, () => client.refresh(tokens.refresh_token)],
      ...[() => client.revoke(tokens.access_token), () => client.startDevice()],
      () => client.admin('POST', '/clients', { client_name: 'another' }),
      () => client.admin('POST', '/keys/a-set', { alg: 'ES256' }),
      () => client.admin('DELETE', '/keys/a-set'),
      () => client.admin('DELETE', `/clients/${client.clientId}`),
      () => client.admin('DELETE', '/oauth2/auth/sessions/login?subject=alice'),
      () => client.admin('DELETE', '/oauth2/auth/sessions/consent?subject=alice&all=true'),
    ];
    await expect.poll(async () => (await clientCredentials()).json.error).toBe('temporarily_unavailable');
    for (const write of writes) {
      const { status, json, text } = await write();
      expect([status, json.error], `${write.toString()}: ${text}`).toEqual([503, 'temporarily_unavailable']);
    }
  });

  it('makes each step of a flow get 503, though its table has no content there, and asks for it once', async () => {
    const replica = await startTestServer(pair.primary.dsn);
    const { headers } = await send('GET', replica.public + client.address());
    await replica.stop();
    const challenge = new URL(headers.get('location') ?? '').searchParams.get('login_challenge') ?? '';
    const step = (): Promise<Answer> => client.admin('GET', `/oauth2/auth/requests/login?login_challenge=${challenge}`);
    await move(pair.standby.port);
    await expect.poll(async () => (await clientCredentials()).json.error).toBe('temporarily_unavailable');
    const sent = vi.spyOn(pg.Client.prototype, 'query');
    const { status, json } = await step();
    const texts = sent.mock.calls.map(([query]) => (query as unknown as { text: string }).text);
    sent.mockRestore();
    expect([status, json.error]).toEqual([503, 'temporarily_unavailable']);
    expect(texts.filter((text) => /\bflow\b/.test(text))).toHaveLength(1);
  });

  it('is abandoned for the primary at once when the address leads back, while connections to the standby stay open', async () => {
    await move(pair.standby.port);
    await expect.poll(async () => statuses(await many(clientCredentials))).toEqual([503]);
    await many(() => client.isActive(tokens.access_token)); // reads, on connections without a refusal
    pair.address.pointAt(pair.primary.port);
    await clientCredentials(); // this request may be the one that is refused
    expect(statuses(await many(clientCredentials))).toEqual([200]);
    expect(statuses(await many(authorize))).toEqual([302]);
  });

  it('is abandoned for another server when the primary becomes read-only', async () => {
    const set = async (value: string): Promise<void> => {
      await pair.primary.query(`alter system set default_transaction_read_only = ${value}`);
      await pair.primary.query('select pg_reload_conf()');
    };
    await many(() => client.isActive(tokens.access_token));
    await set('on');
    try {
      await expect.poll(async () => statuses(await many(clientCredentials))).toEqual([503]);
    } finally {
      await set('off');
    }
    await expect.poll(async () => statuses(await many(clientCredentials))).toEqual([200]);
  });
});

describe('a killed primary', () => {
  let pair: PostgresPair;
  let server: TestServer;
  beforeAll(async () => {
    pair = await PostgresPair.create({ synchronous: true });
    server = await startTestServer(pair.dsn);
  });
  afterAll(async () => {
    await server.stop();
    await pair.remove();
  });

  it('is replaced by its standby, with everything that was confirmed', async () => {
    const client = await RelyingParty.register(server);
    const tokens = await client.tokens();
    await pair.primary.kill();
    await pair.standby.promote();
    pair.address.pointAt(pair.standby.port);
    await expect.poll(async () => (await client.refresh(tokens.refresh_token)).status).toBe(200);
    expect((await client.tokens()).id_token).toBeDefined();
    expect((await client.redeem(await client.code())).status).toBe(200);
  });
});
