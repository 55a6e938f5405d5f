import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { KeySets } from '../../../src/keys/key-sets.js';
import { LocalSigner } from '../../../src/keys/signer.js';
import { DEVICE_CODE, JWT_BEARER } from '../../../src/protocol/constants.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { runsBesideRequests } from '../../support/statement-count.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

/** Sends one credential and returns the status. It may be called again. */
type Attempt = (client: RelyingParty) => Promise<number>;

interface Spending {
  name: string;
  /** The name of the issuing statement. */
  statement: string;
  arrange: (client: RelyingParty) => Promise<Attempt>;
}

const SPENDINGS: Spending[] = [
  {
    name: 'a refresh token',
    statement: 'refresh_rotate',
    arrange: async (client) => {
      const { refresh_token: token } = await client.tokens();
      return async (at) => (await at.refresh(token)).status;
    },
  },
  {
    name: 'a code',
    statement: 'grant_redeem_code',
    arrange: async (client) => {
      const code = await client.code();
      return async (at) => (await at.redeem(code)).status;
    },
  },
  {
    name: 'a device code',
    statement: 'grant_redeem_code',
    arrange: async (client) => {
      const device = (await client.startDevice()).json as Record<string, string>;
      const browser = new CookieBrowser(client.server);
      const page = await browser.go('/oauth2/device/verify');
      const challenge = new URL(page.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
      const path = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
      await browser.walk((await client.admin('PUT', path, { user_code: device.user_code })).json.redirect_to as string);
      const form = { grant_type: DEVICE_CODE, device_code: device.device_code ?? '' };
      return async (at) => (await at.token(form)).status;
    },
  },
  {
    name: 'an assertion',
    statement: 'use_mark_claim',
    arrange: async (client) => {
      const form = { grant_type: JWT_BEARER, assertion: (await TrustedIssuer.of(client.server)).assertion() };
      return async (at) => (await at.token(form)).status;
    },
  },
  {
    name: 'a consent verifier',
    statement: 'grant_start_given_once',
    arrange: async (client) => {
      const browser = new CookieBrowser(client.server);
      const login = new URL(
        (await browser.go(client.address({ response_type: 'code id_token token' }))).headers.get('location') ?? '',
      );
      const consent = await browser.go(await browser.accept('login', login.searchParams.get('login_challenge') ?? ''));
      const { searchParams } = new URL(consent.headers.get('location') ?? '');
      const verifier = await browser.accept('consent', searchParams.get('consent_challenge') ?? '');
      return async (at) => {
        browser.server = at.server;
        const { headers } = await browser.go(verifier);
        return headers.get('location')?.includes('access_token=') ? 200 : 500;
      };
    },
  },
];

describe('before anything is spent', () => {
  let database: TestDatabase;
  let hook: Receiver;
  let servers: TestServer[] = [];
  let client: RelyingParty;

  /** A new server, which has signed nothing yet. */
  async function anew(settings: Record<string, unknown> = {}): Promise<TestServer> {
    const server = await startTestServer(database.dsn, { strategies: { access_token: 'jwt' }, ...settings });
    servers.push(server);
    return server;
  }

  beforeAll(async () => {
    database = await freshDatabase();
    hook = await Receiver.open();
    const grants = ['authorization_code', 'implicit', 'refresh_token', 'client_credentials', DEVICE_CODE, JWT_BEARER];
    client = await RelyingParty.register(await anew(), { grant_types: grants });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    servers = [];
    await hook.close();
    await database.drop();
  });

  it.each(SPENDINGS)('the key signs a test value, so that a broken key does not cost $name', async ({ arrange }) => {
    const attempt = await arrange(client);
    const at = client.at(await anew());
    vi.spyOn(LocalSigner.prototype, 'sign').mockRejectedValue(new Error('The key is broken.'));
    expect(await attempt(at)).toBe(500);
    vi.restoreAllMocks();
    expect(await attempt(at)).toBe(200);
  });

  it.each(SPENDINGS)('every key is loaded, and no statement follows that of $name', async ({ statement, arrange }) => {
    const attempt = await arrange(client);
    const at = client.at(await anew());
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const keys = vi.spyOn(KeySets.prototype, 'signingKey');
    expect(await attempt(at)).toBe(200);
    const named = query.mock.calls.map(([sent]) => (sent as { name?: string }).name);
    const issued = query.mock.invocationCallOrder[named.indexOf(statement)] ?? 0;
    const asked = query.mock.invocationCallOrder.filter(
      (_, i) => named[i] !== undefined && !runsBesideRequests(query.mock.calls[i]?.[0]),
    );
    expect(issued).toBeGreaterThan(0);
    expect(Math.max(...asked)).toBe(issued);
    expect(Math.max(...keys.mock.invocationCallOrder)).toBeLessThan(issued);
  });

  it.each(['client_credentials', JWT_BEARER])('a JWT whose right is known is signed: %s', async (grantType) => {
    const server = await anew();
    const form = { grant_type: grantType, assertion: (await TrustedIssuer.of(server)).assertion() };
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const sign = vi.spyOn(LocalSigner.prototype, 'sign');
    expect((await client.at(server).token(form)).status).toBe(200);
    const named = query.mock.calls.map(([sent]) => (sent as { name?: string }).name);
    const stored = query.mock.invocationCallOrder[named.indexOf('access_token_insert')] ?? 0;
    const signedBefore = sign.mock.calls.filter((_, i) => (sign.mock.invocationCallOrder[i] ?? 0) < stored);
    expect(signedBefore.map(([input]) => input.toString())).toContainEqual(expect.stringMatching(/^ey/)); // and the test value
  });

  it.each(SPENDINGS.slice(0, 4))(
    'the hook is called, and $name is not used while the hook hangs',
    async ({ statement, arrange }) => {
      const attempt = await arrange(client);
      const at = client.at(await anew({ oauth2: { token_hook: `${hook.url}/hook` } }));
      let goOn = (): void => undefined;
      hook.clear();
      hook.answer = (response) => {
        goOn = () => response.writeHead(204).end();
      };
      const query = vi.spyOn(pg.Client.prototype, 'query');
      const answered = attempt(at);
      await hook.received(1);
      const named = query.mock.calls.map(([sent]) => (sent as { name?: string }).name);
      expect(named).not.toContain(statement);
      goOn();
      expect(await answered).toBe(200);
    },
  );
});
