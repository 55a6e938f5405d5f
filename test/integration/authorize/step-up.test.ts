/** Step-up authentication (RFC 9470): how the person logged in decides whether a login counts, and is told to resource servers. */
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type CookieBrowser, type End } from '../../support/cookie-browser.js';
import { type RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { ISSUER } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';
import { Stage, stopped } from './stage.js';

const GOLD = JSON.stringify({ id_token: { acr: { essential: true, values: ['gold'] } } });
const UNMET = 'unmet_authentication_requirements';

/** A walk whose login app answers so. */
const login = (browser: CookieBrowser, address: string, said: Record<string, unknown> = {}): Promise<End> =>
  browser.walk(address, { answers: { login: said } });

async function redeemed(client: RelyingParty, { parameters }: End): Promise<Tokens> {
  const { status, json, text } = await client.redeem(parameters['code'] ?? '');
  expect(status, text).toBe(200);
  return json as unknown as Tokens;
}

async function introspected({ server }: RelyingParty, token: string): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({ token });
  return (await send('POST', `${server.admin}/admin/oauth2/introspect`, { body })).json;
}

overBothStores('step-up', (redis) => {
  const stage = new Stage(redis, {
    oauth2: { step_up: { enabled: true, acr_values: ['silver', 'gold'] } },
    oidc: { claims_parameter: { enabled: true } },
  });

  it('tells resource servers how the person logged in, also after a refresh', async () => {
    const end = await login(stage.browser(), stage.client.address(), { acr: 'gold', amr: ['pwd', 'otp'] });
    const first = await redeemed(stage.client, end);
    const { auth_time } = decodeJwt(first.id_token);
    const told = { acr: 'gold', amr: ['pwd', 'otp'], auth_time };
    expect(await introspected(stage.client, first.access_token)).toMatchObject(told);
    expect(await introspected(stage.client, first.refresh_token)).not.toHaveProperty('acr');
    const second = (await stage.client.refresh(first.refresh_token)).json as unknown as Tokens;
    expect(await introspected(stage.client, second.access_token)).toMatchObject(told);
  });

  it('tells nothing about a login of a client itself', async () => {
    const client = await stage.register({ grant_types: ['client_credentials'] });
    const { json } = await client.token({ grant_type: 'client_credentials' });
    const told = await introspected(client, json['access_token'] as string);
    for (const name of ['acr', 'amr', 'auth_time']) expect(told).not.toHaveProperty(name);
  });

  it.each([{}, { acr: 'silver' }, { acr: 'Gold' }])(
    'refuses a login with %j if the client demands gold: it is a failed login, not a weaker token',
    async (said) => {
      const end = await login(stage.browser(), stage.client.address({ claims: GOLD }), said);
      expect(end.parameters).toMatchObject({ error: UNMET, state: 'a-long-state', iss: ISSUER });
      expect(end.parameters).not.toHaveProperty('code');
      expect(end.consent).toBeUndefined();
    },
  );

  it('grants a login that reaches it, and the ID token says so', async () => {
    const end = await login(stage.browser(), stage.client.address({ claims: GOLD }), { acr: 'gold' });
    expect(decodeJwt((await redeemed(stage.client, end)).id_token).acr).toBe('gold');
  });

  it('leaves no session of a login that was too weak', async () => {
    const browser = stage.browser();
    await login(browser, stage.client.address({ claims: GOLD }), { acr: 'silver', remember: true });
    const end = await browser.walk(stage.client.address({ prompt: 'none' }));
    expect(end.parameters['error']).toBe('login_required');
  });

  it('asks again in a session that is too weak, knows whose it is, and remembers the stronger login', async () => {
    const browser = stage.browser();
    await login(browser, stage.client.address(), { acr: 'silver', remember: true });
    const silent = await browser.walk(stage.client.address({ claims: GOLD, prompt: 'none' }));
    expect(silent.parameters['error']).toBe('login_required');
    const up = await login(browser, stage.client.address({ claims: GOLD }), { acr: 'gold', remember: true });
    expect(up.login).toMatchObject({ skip: false, subject: '', known_subject: 'alice' });
    expect(decodeJwt((await redeemed(stage.client, up)).id_token).acr).toBe('gold');
    const again = await browser.walk(stage.client.address({ claims: GOLD }));
    expect(again.login).toMatchObject({ skip: true, subject: 'alice' });
    expect(again.login).not.toHaveProperty('known_subject');
    const { id_token: idToken, access_token: token } = await redeemed(stage.client, again);
    expect(decodeJwt(idToken).acr).toBe('gold');
    expect((await introspected(stage.client, token))['acr']).toBe('gold');
    expect((await browser.walk(stage.client.address({ claims: GOLD, prompt: 'none' }))).parameters['error']).toBe(
      'consent_required', // so the login was enough
    );
  });

  it('keeps acr and amr of the session when the app that accepts the skip does not tell, and shows them', async () => {
    const browser = stage.browser();
    await login(browser, stage.client.address(), { acr: 'silver', amr: ['pwd'], remember: true });
    const skipped = await browser.walk(stage.client.address());
    expect(skipped.consent).toMatchObject({ acr: 'silver', amr: ['pwd'] });
    expect(decodeJwt((await redeemed(stage.client, skipped)).id_token)).toMatchObject({ acr: 'silver', amr: ['pwd'] });
    const told = await login(browser, stage.client.address(), { acr: 'gold', amr: ['otp'] });
    expect(decodeJwt((await redeemed(stage.client, told)).id_token)).toMatchObject({ acr: 'gold', amr: ['otp'] });
  });

  it('judges the weaker acr that an app tells for a skipped login', async () => {
    const browser = stage.browser();
    await login(browser, stage.client.address(), { acr: 'gold', remember: true });
    const end = await login(browser, stage.client.address({ claims: GOLD }), { acr: 'silver' });
    expect(end.login).toMatchObject({ skip: true });
    expect(end.parameters['error']).toBe(UNMET);
  });

  it.each([
    ['silver', 'gold silver', true],
    ['silver', 'gold', false],
    [undefined, 'gold', false],
    ['silver', '', true],
  ])('of a session with acr %s skips a login for acr_values=%s: %s', async (acr, acr_values, skip) => {
    const browser = stage.browser();
    await login(browser, stage.client.address(), { acr, remember: true });
    const end = await browser.walk(stage.client.address({ acr_values }));
    expect(end.login).toMatchObject({ skip });
    expect(end.parameters['code']).toBeDefined(); // acr_values are a wish
  });

  it('knows whose login is too old for max_age', async () => {
    const browser = stage.browser();
    await login(browser, stage.client.address(), { remember: true });
    const { asked } = await stopped(browser, stage.client.address({ max_age: '0' }), 'login');
    expect(asked).toMatchObject({ skip: false, known_subject: 'alice' });
  });

  it('passes on that the app cannot reach what is asked', async () => {
    const browser = stage.browser();
    const { challenge } = await stopped(browser, stage.client.address({ acr_values: 'gold' }), 'login');
    const address = await browser.reject('login', challenge, { error: UNMET, error_description: 'No token at hand.' });
    expect((await browser.walk(address)).parameters).toMatchObject({ error: UNMET, state: 'a-long-state' });
  });

  it('asks as the client is registered where its request does not tell', async () => {
    const over = { default_max_age: 0, default_acr_values: ['gold'], require_auth_time: true };
    const client = await stage.register(over);
    expect((await client.admin('GET', `/clients/${client.clientId}`)).json).toMatchObject(over);
    const browser = stage.browser();
    const first = await login(browser, client.address(), { acr: 'silver', remember: true });
    expect(first.login).toMatchObject({ oidc_context: { acr_values: ['gold'] } });
    expect(decodeJwt((await redeemed(client, first)).id_token)).toHaveProperty('auth_time');
    const cases: [Record<string, string>, boolean][] = [
      [{ acr_values: 'silver' }, false],
      [{ max_age: '600' }, false],
      [{ acr_values: 'silver', max_age: '600' }, true],
    ];
    for (const [over, skip] of cases) {
      expect((await stopped(browser, client.address(over), 'login')).asked).toMatchObject({ skip });
    }
  });

  it('refuses registered values that make no sense', async () => {
    const wrong = [
      { default_max_age: -1 },
      { default_max_age: 1.5 },
      { default_max_age: '60' },
      { default_acr_values: 'gold' },
      { default_acr_values: ['two words'] },
      { require_auth_time: 'yes' },
    ];
    for (const over of wrong) {
      const { status, json } = await stage.client.admin('POST', '/clients', over);
      expect([status, json['error']], JSON.stringify(over)).toEqual([400, expect.any(String)]);
    }
    const nothing = { default_max_age: null, default_acr_values: null, require_auth_time: null };
    const { status, text } = await stage.client.admin('POST', '/clients', nothing);
    expect(status).toBe(201);
    expect(text).not.toContain('default_max_age');
  });

  it('is in discovery', async () => {
    const { json } = await stage.ask('GET', '/.well-known/openid-configuration');
    expect(json).toMatchObject({ acr_values_supported: ['silver', 'gold'], claims_parameter_supported: true });
  });
});

describe('while step-up is off', () => {
  const off = new Stage();
  const on = new Stage(undefined, { oauth2: { step_up: { enabled: true } } });

  it('nothing about the login is told, stored or asked', async () => {
    const client = await off.register({ default_max_age: 0, default_acr_values: ['gold'], require_auth_time: true });
    const browser = off.browser();
    const first = await login(browser, client.address(), { acr: 'silver', amr: ['pwd'], remember: true });
    const told = await introspected(client, (await redeemed(client, first)).access_token);
    for (const name of ['acr', 'amr', 'auth_time']) expect(told).not.toHaveProperty(name);
    const second = await browser.walk(client.address({ acr_values: 'gold' }));
    expect(second.login).toMatchObject({ skip: true });
    for (const name of ['known_subject', 'requested_claims']) expect(second.login).not.toHaveProperty(name);
    expect(decodeJwt((await redeemed(client, second)).id_token).acr).toBe('0'); // as the app of the skip told: nothing
    const third = await browser.walk(client.address({ max_age: '0' }));
    expect(third.login).not.toHaveProperty('known_subject');
  });

  it('discovery and introspection are the same by the byte, but for what step-up adds', async () => {
    const document = async (stage: Stage) => (await stage.ask('GET', '/.well-known/openid-configuration')).text;
    expect(await document(on)).toBe(await document(off)); // no acr_values are configured there
    expect(await document(off)).toContain('"claims_parameter_supported":false');
  });

  it('a client that was registered without its members does not show them', async () => {
    const { text } = await off.client.admin('GET', `/clients/${off.client.clientId}`);
    for (const name of ['default_max_age', 'default_acr_values', 'require_auth_time']) expect(text).not.toContain(name);
  });
});
