import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { CutProxy, type Moment } from '../../support/cut-proxy.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';

const MOMENTS: Moment[] = ['before it arrives', 'while it runs', 'after it is done'];
const BYE = 'https://app.example/bye';

/** Retries a request after a 503: once, with the same input. */
class Insisting extends CookieBrowser {
  override async go(address: string): Promise<Answer> {
    return insisting(() => super.go(address));
  }
}

async function insisting(request: () => Promise<Answer>): Promise<Answer> {
  const first = await request();
  expect(first.status, first.text).not.toBe(500);
  return first.status === 503 ? request() : first;
}

const parameterOf = (address: string, name: string): string =>
  new URL(address).searchParams.get(name) ?? expect.fail(`No ${name} in ${address}`);
const locationOf = ({ headers, text }: Answer): string => headers.get('location') ?? expect.fail(text);

/** Every step of a login loses a connection to its store, and the person notices nothing. */
overBothStores('a walk that loses connections', (redis) => {
  let database: TestDatabase;
  let proxies: { postgres: CutProxy; flows: CutProxy };
  let server: TestServer;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    const reached = await CutProxy.beforePostgres(database.dsn);
    const beforeRedis = redis === undefined ? undefined : await CutProxy.beforeRedis(redis);
    proxies = { postgres: reached.proxy, flows: beforeRedis?.proxy ?? reached.proxy };
    const settings = beforeRedis ? { redis: { url: beforeRedis.url, prefix: `lost-${process.pid}:` } } : {};
    server = await startTestServer(reached.dsn, settings);
    client = await RelyingParty.register(server, {
      grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE],
      post_logout_redirect_uris: [BYE],
    });
  });
  afterEach(() => {
    for (const proxy of Object.values(proxies)) proxy.forget();
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([...new Set(Object.values(proxies))].map((proxy) => proxy.stop()));
    await database.drop();
  });

  /** Four steps of a login lose their connection. Redis is reachable again only after a while. */
  const walks = redis === undefined ? 20 : 5;
  /** The text that identifies a compare-and-set of the flow store. */
  const step = redis === undefined ? 'flow_transition' : 'eval';

  async function losing<T>(proxy: CutProxy, text: string, moment: Moment, work: () => Promise<T>): Promise<T> {
    const struck = proxy.cutNext(text, moment);
    const result = await work();
    await struck;
    return result;
  }

  describe.each(MOMENTS)('%s', (moment) => {
    const losingStep = <T>(work: () => Promise<T>): Promise<T> => losing(proxies.flows, step, moment, work);
    const losingStatement = <T>(name: string, work: () => Promise<T>): Promise<T> =>
      losing(proxies.postgres, name, moment, work);

    /** Accepts in place of the app. Returns the next address of the browser. */
    function accepted(path: string, body: object): Promise<string> {
      return losingStep(async () => {
        const { json, text } = await insisting(() => client.admin('PUT', `/oauth2/auth/requests/${path}`, body));
        return (json.redirect_to as string | undefined) ?? expect.fail(text);
      });
    }

    async function consents(at: string): Promise<string> {
      const scope = { grant_scope: ['openid', 'offline_access'] };
      return accepted(`consent/accept?consent_challenge=${parameterOf(at, 'consent_challenge')}`, scope);
    }

    /** Goes from the login to the consent verifier. */
    async function walked(browser: CookieBrowser, login: string): Promise<string> {
      const who = { subject: 'alice', remember: true };
      const answer = await accepted(`login/accept?login_challenge=${parameterOf(login, 'login_challenge')}`, who);
      const back = losingStatement('login_session_start', () => losingStep(() => browser.go(answer)));
      return consents(locationOf(await back));
    }

    const expectLive = async ({ json, text }: Answer): Promise<void> => {
      expect(json.refresh_token, text).toBeDefined();
      expect(await client.isActive(json.access_token as string)).toBe(true);
      expect(await client.isActive(json.refresh_token as string)).toBe(true);
    };

    it('does not lose a login', async () => {
      for (let i = 0; i < walks; i++) {
        const browser = new Insisting(server);
        const verifier = await walked(browser, locationOf(await browser.go(client.address())));
        const end = await losingStatement('grant_start', () => losingStep(() => browser.go(verifier)));
        await expectLive(await client.redeem(parameterOf(locationOf(end), 'code')));
        expect(locationOf(await browser.go(verifier))).toContain('error=access_denied');
      }
    });

    it('does not lose the tokens of a device', async () => {
      for (let i = 0; i < walks; i++) {
        const device = (await client.startDevice()).json as Record<string, string>;
        const browser = new Insisting(server);
        const page = locationOf(await browser.go('/oauth2/device/verify'));
        const challenge = parameterOf(page, 'device_challenge');
        const login = await accepted(`device/accept?device_challenge=${challenge}`, { user_code: device.user_code });
        const verifier = await walked(browser, locationOf(await browser.go(login)));
        const end = await losingStatement('grant_start', () => losingStep(() => browser.go(verifier)));
        expect(locationOf(end)).not.toContain('error');
        await expectLive(await client.token({ grant_type: DEVICE_CODE, device_code: device.device_code ?? '' }));
      }
    });

    it('does not leave a person logged in after a logout', async () => {
      for (let i = 0; i < walks; i++) {
        const browser = new Insisting(server);
        const { parameters } = await browser.walk(client.address());
        const idToken = (await client.redeem(parameters.code ?? '')).json.id_token as string;
        const asked = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: BYE });
        const at = locationOf(await browser.go(`/oauth2/sessions/logout?${asked.toString()}`));
        const verifier = await accepted(`logout/accept?logout_challenge=${parameterOf(at, 'logout_challenge')}`, {});
        const statement = i % 2 ? 'login_session' : 'COMMIT';
        const end = await losingStatement(statement, () => browser.go(verifier));
        expect(locationOf(end)).toBe(BYE);
        expect(await sessionsOf(decodeJwt(idToken)['sid'])).toBe(0);
      }
    });
  });

  async function sessionsOf(sid: unknown): Promise<number> {
    const { status } = await client.admin('GET', `/oauth2/auth/sessions/login/${String(sid)}`);
    return status === 404 ? 0 : 1;
  }
});
