/** A revoked consent ends the consents skipped because of it, their tokens and running flows, over HTTP on two processes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { CookieBrowser, type End } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, type Tokens } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';

const CONSENTS = '/oauth2/auth/sessions/consent';

interface Person {
  subject: string;
  browser: CookieBrowser;
  /** The id of the remembered consent. */
  consentId: string;
  tokens: Tokens;
}

overBothStores('the revocation of a consent', (redis) => {
  let database: TestDatabase;
  let server: TestServer;
  let other: TestServer;
  let app: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    const settings = redis === undefined ? {} : { redis: { url: redis, prefix: `${randomUUID()}:` } };
    [server, other] = [await startTestServer(database.dsn, settings), await startTestServer(database.dsn, settings)];
    const grant_types = ['authorization_code', 'refresh_token', DEVICE_CODE];
    app = await RelyingParty.register(server, { grant_types });
  });
  afterAll(async () => {
    await Promise.all([server.stop(), other.stop()]);
    await database.drop();
  });

  const redeemed = async ({ parameters }: End): Promise<Tokens> => {
    const { status, json, text } = await app.redeem(parameters['code'] ?? '');
    expect(status, text).toBe(200);
    return json as unknown as Tokens;
  };
  /** Logs in and gives a consent that is remembered. */
  async function remembered(): Promise<Person> {
    const subject = randomUUID();
    const browser = new CookieBrowser(server, { login: { subject }, consent: { remember: true } });
    const end = await browser.walk(app.address());
    expect(end.consent?.['skip']).toBe(false);
    return { subject, browser, consentId: end.consent?.['consent_request_id'] as string, tokens: await redeemed(end) };
  }
  async function skip({ browser }: Person, over: Record<string, string> = {}): Promise<End> {
    const end = await browser.walk(app.address(over));
    expect(end.consent?.['skip']).toBe(true);
    return end;
  }
  const revoke = async (query: Record<string, string>, at = server): Promise<void> => {
    const { status } = await app.at(at).admin('DELETE', `${CONSENTS}?${new URLSearchParams(query).toString()}`);
    expect(status).toBe(204);
  };
  const activity = (...all: Tokens[]): Promise<boolean[]> =>
    Promise.all(all.flatMap((one) => [app.isActive(one.access_token), app.isActive(one.refresh_token)]));

  it.each<[string, (person: Person) => Record<string, string>]>([
    ['its id', ({ consentId }) => ({ consent_request_id: consentId })],
    ['subject and client', ({ subject }) => ({ subject, client: app.clientId })],
    ['all of the subject', ({ subject }) => ({ subject, all: 'true' })],
  ])('by %s ends the tokens of flows in which consent was skipped', async (_, query) => {
    const [person, bystander] = [await remembered(), await remembered()];
    const skipped = [await redeemed(await skip(person)), await redeemed(await skip(person))];
    await revoke(query(person));
    expect(await activity(person.tokens, ...skipped)).toEqual([false, false, false, false, false, false]);
    expect((await app.refresh(skipped[0]?.refresh_token ?? '')).json.error).toBe('invalid_grant');
    expect(await activity(bystander.tokens)).toEqual([true, true]);
    expect((await person.browser.walk(app.address(), { until: 'consent' })).consent?.['skip']).toBe(false);
  });

  it('ends a code that was not redeemed', async () => {
    const person = await remembered();
    const { parameters } = await skip(person);
    await revoke({ consent_request_id: person.consentId });
    expect((await app.redeem(parameters['code'] ?? '')).json.error).toBe('invalid_grant');
  });

  it('ends the flow of a device that was allowed because of it and has not fetched its tokens', async () => {
    const person = await remembered();
    const { user_code, device_code = '' } = (await app.startDevice()).json as Record<string, string>;
    const page = await person.browser.go('/oauth2/device/verify');
    const challenge = new URL(page.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
    const accept = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
    const { redirect_to } = (await app.admin('PUT', accept, { user_code })).json as Record<string, string>;
    expect((await person.browser.walk(redirect_to ?? '')).consent?.['skip']).toBe(true);
    await revoke({ consent_request_id: person.consentId });
    const { status, json } = await app.token({ grant_type: DEVICE_CODE, device_code });
    expect([status, json.error]).toEqual([400, 'invalid_grant']);
  });

  it('in another process, during the request that skips consent, makes the app ask the person', async () => {
    const person = await remembered();
    const tab = await person.browser.walk(app.address(), { until: 'consent' });
    expect(tab.consent?.['skip']).toBe(true);
    const back = await person.browser.accept('consent', tab.url?.searchParams.get('consent_challenge') ?? '');
    await revoke({ consent_request_id: person.consentId }, other);
    const end = await person.browser.walk(back);
    expect([end.login?.['skip'], end.consent?.['skip']]).toEqual([true, false]);
    expect(await activity(await redeemed(end))).toEqual([true, true]);
  });

  it('during the request that skips consent gives the client consent_required for prompt=none', async () => {
    const person = await remembered();
    const tab = await person.browser.walk(app.address({ prompt: 'none' }), { until: 'consent' });
    const back = await person.browser.accept('consent', tab.url?.searchParams.get('consent_challenge') ?? '');
    await revoke({ subject: person.subject, all: 'true' }, other);
    for (let i = 0; i < 2; i++) expect((await person.browser.walk(back)).parameters['error']).toBe('consent_required');
  });

  it('leaves nothing of a consent that is skipped at the same moment', async () => {
    for (let i = 0; i < 8; i++) {
      const person = await remembered();
      const tab = await person.browser.walk(app.address({ prompt: 'none' }), { until: 'consent' });
      const back = await person.browser.accept('consent', tab.url?.searchParams.get('consent_challenge') ?? '');
      const byId = { consent_request_id: person.consentId };
      const revoked = i % 2 ? revoke(byId, other) : revoke({ subject: person.subject, all: 'true' }, other);
      const [end] = await Promise.all([person.browser.walk(back), revoked]);
      const { code, error } = end.parameters;
      if (code === undefined) expect(error).toBe('consent_required');
      else expect((await app.redeem(code)).json.error).toBe('invalid_grant');
    }
  });

  it('of the newest does not make an older one count again', async () => {
    const person = await remembered();
    const answers = { login: { subject: person.subject }, consent: { remember: true, grant_scope: ['openid'] } };
    const narrow = await person.browser.walk(app.address({ prompt: 'consent' }), { answers });
    await revoke({ consent_request_id: narrow.consent?.['consent_request_id'] as string });
    for (const scope of ['openid', 'openid offline_access']) {
      expect((await person.browser.walk(app.address({ scope }), { until: 'consent' })).consent?.['skip']).toBe(false);
    }
    expect(await activity(person.tokens)).toEqual([true, true]);
  });
});
