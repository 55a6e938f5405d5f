import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CODE, JWT_BEARER } from '../../../src/protocol/constants.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { CutProxy, type Moment } from '../../support/cut-proxy.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

const TIMES = 20;
const TOGETHER = 12;
const MOMENTS: Moment[] = ['before it arrives', 'while it runs', 'after it is done'];
const GRACE = { oauth2: { grant: { refresh_token: { rotation_grace_period: '1m' } } } };
const JWTS = { strategies: { access_token: 'jwt' } };
const ASSERTED = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The connection to PostgreSQL breaks during the decisive statement: the client still learns its outcome. */
describe('a lost connection', () => {
  let database: TestDatabase;
  let proxy: CutProxy;
  let strict: TestServer;
  let graceful: TestServer;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    const reached = await CutProxy.beforePostgres(database.dsn);
    proxy = reached.proxy;
    strict = await startTestServer(reached.dsn);
    graceful = await startTestServer(reached.dsn, { ...GRACE, ...JWTS });
    const grants = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE, JWT_BEARER];
    client = await RelyingParty.register(strict, { grant_types: grants });
  });
  afterEach(() => {
    proxy.forget();
    proxy.open();
  });
  afterAll(async () => {
    await Promise.all([strict.stop(), graceful.stop()]);
    await proxy.stop();
    await database.drop();
  });

  /** Retries a request like a client after a 503: once, with the same input. */
  async function insisting(request: () => Promise<Answer>): Promise<Answer> {
    const first = await request();
    expect(first.status, first.text).not.toBe(500);
    return first.status === 503 ? request() : first;
  }

  /** The tokens of a request whose statement loses its connection. All of them are active. */
  async function givenBy(statement: string, moment: Moment, request: () => Promise<Answer>): Promise<Partial<Tokens>> {
    const struck = proxy.cutNext(statement, moment);
    const { status, json, text } = await insisting(request);
    await struck;
    expect(status, text).toBe(200);
    await expectLive(json);
    return json;
  }

  async function expectLive({ access_token: access, refresh_token: refresh }: Partial<Tokens>): Promise<void> {
    expect(await client.isActive(access ?? '')).toBe(true);
    if (refresh !== undefined) expect(await client.isActive(refresh)).toBe(true);
  }

  async function rows(table: string): Promise<number> {
    return withDatabase(async (database) => {
      const { rows: found } = await database.query<{ n: number }>(`select count(*)::integer as n from ${table}`);
      return found[0]?.n ?? 0;
    });
  }

  async function withDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const connection = new pg.Client({ connectionString: database.dsn });
    await connection.connect();
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }

  /** A device code that the person has approved. */
  async function approved(): Promise<string> {
    const device = (await client.startDevice()).json as Record<string, string>;
    const browser = new CookieBrowser(client.server);
    const page = await browser.go('/oauth2/device/verify');
    const challenge = new URL(page.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
    const path = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
    const { json } = await client.admin('PUT', path, { user_code: device.user_code });
    await browser.walk(json.redirect_to as string);
    return device.device_code ?? '';
  }

  describe.each(MOMENTS)('%s', (moment) => {
    it('does not cost a refreshing client its tokens or its session', async () => {
      let tokens: Partial<Tokens> = await client.tokens();
      for (let i = 0; i < TIMES; i++) {
        const before = tokens;
        tokens = await givenBy('refresh_rotate', moment, () => client.refresh(before.refresh_token ?? ''));
        expect(await client.isActive(before.access_token ?? '')).toBe(false);
      }
    });

    it('costs no tokens within a grace period, and a retried use counts once', async () => {
      const party = client.at(graceful);
      const { refresh_token: token } = await party.tokens();
      const before = await rows('refresh_chain');
      for (let i = 0; i < TIMES; i++) await givenBy('refresh_rotate', moment, () => party.refresh(token));
      expect(await rows('refresh_chain')).toBe(before + TIMES - 1); // the first use advances the chain itself
    });

    it('costs no code', async () => {
      for (let i = 0; i < TIMES; i++) {
        const code = await client.code();
        const { id_token: idToken } = await givenBy('grant_redeem_code', moment, () => client.redeem(code));
        expect(idToken).toBeDefined();
        expect((await client.redeem(code)).json.error).toBe('invalid_grant');
      }
    });

    it('costs no device code', async () => {
      for (let i = 0; i < TIMES; i++) {
        const form = { grant_type: DEVICE_CODE, device_code: await approved() };
        await givenBy('grant_redeem_code', moment, () => client.token(form));
        expect((await client.token(form)).json.error).toBe('invalid_grant');
      }
    });

    it.each([
      ['opaque tokens', () => strict],
      ['JWTs', () => graceful],
    ])('costs no tokens of client credentials, for one client or many in one statement: %s', async (_, server) => {
      const party = client.at(server());
      await party.token({ grant_type: 'client_credentials' });
      for (let i = 0; i < TIMES; i++) {
        const struck = proxy.cutNext('access_token_insert', moment);
        const before = await rows('access_token');
        const ask = (): Promise<Answer> => insisting(() => party.token({ grant_type: 'client_credentials' }));
        const answers = await Promise.all(Array.from({ length: i % 2 ? TOGETHER : 1 }, ask));
        await struck;
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
        await Promise.all(answers.map(({ json }) => expectLive(json)));
        expect(await rows('access_token')).toBe(before + answers.length);
      }
    });

    it.each(['access_token_insert', 'use_mark_claim'])('costs no assertion: %s', async (statement) => {
      const issuer = await TrustedIssuer.of(strict);
      for (let i = 0; i < TIMES; i++) {
        const form = { grant_type: JWT_BEARER, assertion: issuer.assertion() };
        await givenBy(statement, moment, () => client.token(form));
        expect((await client.token(form)).status).toBe(400);
      }
    });

    it('does not refuse a client that authenticates with a key', async () => {
      const key = new TrustedIssuer();
      const party = await RelyingParty.register(strict, {
        ...{ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' },
        ...{ jwks: { keys: [key.jwk] }, grant_types: ['client_credentials'] },
      });
      const id = party.clientId;
      for (let i = 0; i < TIMES; i++) {
        const assertion = key.assertion({ iss: id, sub: id });
        const form = { client_assertion_type: ASSERTED, client_assertion: assertion, grant_type: 'client_credentials' };
        const ask = (): Promise<Answer> =>
          send('POST', `${strict.public}/oauth2/token`, { body: new URLSearchParams(form) });
        await givenBy('use_mark_claim', moment, ask);
        expect((await ask()).json.error).toBe('jti_known');
      }
    });
  });

  /** Locks the rows until `letGo`. Then the lost statement continues, because its backend has not noticed the loss. */
  async function behindLock<T>(sql: string, values: unknown[], during: (letGo: () => Promise<unknown>) => Promise<T>) {
    return withDatabase(async (holder) => {
      await holder.query('begin');
      await holder.query(sql, values);
      return during(() => holder.query('commit'));
    });
  }

  /** The number of statements that wait for a lock. */
  const waiting = (): Promise<number> =>
    rows("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
  const LOCK_CHAINS = 'select 1 from refresh_chain for update';

  it('under a statement that waits for a lock and commits afterwards gives what that one issued, once', async () => {
    for (let i = 0; i < TIMES; i++) {
      const { refresh_token: token } = await client.tokens();
      const before = await rows('access_token');
      const answer = await behindLock(LOCK_CHAINS, [], async (letGo) => {
        const struck = proxy.cutNext('refresh_rotate', 'while it runs');
        const refreshed = client.refresh(token);
        await struck;
        await expect.poll(waiting).toBe(2); // the lost statement and its retry
        await letGo();
        return refreshed;
      });
      expect(answer.status, answer.text).toBe(200);
      await expectLive(answer.json);
      expect(await rows('access_token')).toBe(before + 1);
    }
  });

  it('under a statement that waits for a lock and is terminated is repaired by the retry', async () => {
    const { refresh_token: token } = await client.tokens();
    const answer = await behindLock(LOCK_CHAINS, [], async (letGo) => {
      const struck = proxy.cutNext('refresh_rotate', 'while it runs');
      const refreshed = client.refresh(token);
      await struck;
      await expect.poll(waiting).toBe(2);
      await withDatabase((killer) => killer.query(END_OLDEST_WAITER));
      await letGo();
      return refreshed;
    });
    expect(answer.status, answer.text).toBe(200);
    await expectLive(answer.json);
  });

  it.each(['grant_redeem_code', 'refresh_rotate'])('beside a second tab causes no replay: %s', async (statement) => {
    const { refresh_token: token } = await client.tokens();
    const code = await client.code();
    const use = (): Promise<Answer> => (statement === 'refresh_rotate' ? client.refresh(token) : client.redeem(code));
    const held = proxy.holdNext(statement);
    const first = use();
    await held.answered;
    proxy.close(); // the answer is lost and the database unreachable
    const second = use();
    proxy.open();
    const [{ status, json, text }, late] = await Promise.all([first, second]);
    expect(status, text).toBe(200);
    expect([400, 503]).toContain(late.status);
    await expectLive(json);
  });

  it('with an unreachable database causes a 503, after which the same token works within the grace period', async () => {
    const party = client.at(graceful);
    const { refresh_token: token } = await party.tokens();
    const held = proxy.holdNext('refresh_rotate');
    const first = party.refresh(token);
    await held.answered;
    proxy.close();
    expect((await first).status).toBe(503);
    proxy.open();
    const { status, json, text } = await party.refresh(token);
    expect(status, text).toBe(200);
    await expectLive(json);
  });
});

const END_OLDEST_WAITER = `select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' order by query_start limit 1`;
