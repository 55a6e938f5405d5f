/** The examples of the OpenAPI document are true: a server answers their requests as they say. */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CibaApp, cibaSettings } from '../../support/ciba-app.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { type Answer, send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { ExampleCaller } from './example-caller.js';

const CIBA_AND_DEVICE = ['urn:openid:params:grant-type:ciba', 'urn:ietf:params:oauth:grant-type:device_code'];
const CALLBACK = 'https://printer.example.com/callback';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'; // RFC 7636 appendix B

describe('examples of the OpenAPI document', () => {
  let database: TestDatabase;
  let server: TestServer;
  let app: CibaApp;
  let receiver: Receiver;
  let api: ExampleCaller;
  let client: Party;

  beforeAll(async () => {
    [database, app, receiver] = [await freshDatabase(), await CibaApp.open(), await Receiver.open()];
    server = await startTestServer(database.dsn, {
      oidc: { ...cibaSettings(app), dynamic_client_registration: { enabled: true } },
      oauth2: { pushed_authorization_requests: { enabled: true } },
    });
    api = new ExampleCaller(server);
    const { json } = await api.call('createOAuth2Client');
    client = { id: String(json.client_id), secret: String(json.client_secret) };
    const value = ['authorization_code', 'refresh_token', ...CIBA_AND_DEVICE];
    await api.call('patchOAuth2Client', at(client.id), [{ op: 'replace', path: '/grant_types', value }]);
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([app.close(), receiver.close()]);
    await database.drop();
  });

  const basic = (): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${client.id}:${encodeURIComponent(client.secret)}`).toString('base64')}`,
  });

  const address = (): string =>
    `/oauth2/auth?${new URLSearchParams({
      ...{ client_id: client.id, response_type: 'code', redirect_uri: CALLBACK, state: 'a-long-state' },
      ...{ scope: 'openid offline_access photos.read' },
    }).toString()}`;

  /** A browser that has begun a request, and the challenge of the login app. */
  const begun = async (): Promise<{ browser: CookieBrowser; login_challenge: string }> => {
    const browser = new CookieBrowser(server);
    const answer = await browser.go(address());
    api.compare('oAuth2Authorize', answer);
    return { browser, login_challenge: parameter(answer, 'login_challenge') };
  };

  /** The request of the consent app, after the example's login. */
  const loggedIn = async (): Promise<{ browser: CookieBrowser; consent_challenge: string }> => {
    const { browser, login_challenge } = await begun();
    const { json } = await api.call('acceptOAuth2LoginRequest', { login_challenge });
    const answer = await browser.go(String(json.redirect_to));
    return { browser, consent_challenge: parameter(answer, 'consent_challenge') };
  };

  /** The tokens of the whole code flow. */
  const tokens = async (): Promise<{ browser: CookieBrowser; json: Record<string, unknown> }> => {
    const { browser, consent_challenge } = await loggedIn();
    const accepted = await api.call('acceptOAuth2ConsentRequest', { consent_challenge });
    const code = parameter(await browser.go(String(accepted.json.redirect_to)), 'code');
    const { json } = await api.call('oauth2TokenExchange', {}, { code }, basic());
    return { browser, json };
  };

  it('of the service', async () => {
    for (const id of ['isAlive', 'isReady', 'getVersion', 'discoverJsonWebKeys', 'discoverOidcConfiguration']) {
      await api.call(id);
    }
  });

  it('of keys', async () => {
    for (const id of ['createJsonWebKeySet', 'getJsonWebKeySet', 'setJsonWebKeySet', 'getJsonWebKey']) {
      await api.call(id);
    }
    for (const id of ['setJsonWebKey', 'deleteJsonWebKey', 'deleteJsonWebKeySet']) await api.call(id);
  });

  it('of clients', async () => {
    const id = String((await api.call('createOAuth2Client')).json.client_id);
    await api.call('listOAuth2Clients');
    for (const name of ['getOAuth2Client', 'setOAuth2Client', 'patchOAuth2Client', 'setOAuth2ClientLifespans']) {
      await api.call(name, at(id));
    }
    for (const name of ['rotateOAuth2ClientSecret', 'deleteRotatedOAuth2ClientSecrets', 'deleteOAuth2Client']) {
      await api.call(name, at(id));
    }
  });

  it('of clients that register themselves', async () => {
    const { json } = await api.call('createOidcDynamicClient');
    let token = String(json.registration_access_token);
    for (const name of ['getOidcDynamicClient', 'setOidcDynamicClient', 'deleteOidcDynamicClient']) {
      const answer = await api.call(name, at(json.client_id), undefined, { authorization: `Bearer ${token}` });
      token = (answer.json.registration_access_token as string | undefined) ?? token;
    }
  });

  it('of trusted issuers', async () => {
    const { id } = (await api.call('trustOAuth2JwtGrantIssuer')).json;
    for (const name of ['listTrustedOAuth2JwtGrantIssuers', 'getTrustedOAuth2JwtGrantIssuer']) {
      await api.call(name, name.startsWith('get') ? at(id) : {});
    }
    await api.call('deleteTrustedOAuth2JwtGrantIssuer', at(id));
  });

  it('of login and consent', async () => {
    const { login_challenge } = await begun();
    await api.call('getOAuth2LoginRequest', { login_challenge });
    await api.call('rejectOAuth2LoginRequest', { login_challenge });
    const { consent_challenge } = await loggedIn();
    await api.call('getOAuth2ConsentRequest', { consent_challenge });
    await api.call('rejectOAuth2ConsentRequest', { consent_challenge });
  });

  it('of tokens', async () => {
    const { access_token, refresh_token } = (await tokens()).json as Record<string, string>;
    await api.call('introspectOAuth2Token', {}, { token: access_token });
    const bearer = { authorization: `Bearer ${String(access_token)}` };
    await api.call('getOidcUserInfo', {}, undefined, bearer);
    const body = JSON.stringify({ format: 'jwt_vc_json', types: ['VerifiableCredential', 'UserInfoCredential'] });
    const priming = await send('POST', `${server.public}/credentials`, { headers: bearer, body });
    api.compare('createVerifiableCredential', priming, 400);
    const jwt = await proof(String(priming.json.c_nonce));
    await api.call('createVerifiableCredential', {}, { proof: { proof_type: 'jwt', jwt } }, bearer);
    await api.call('revokeOAuth2Token', {}, { token: refresh_token }, basic());
    await api.call('deleteOAuth2Token', { client_id: client.id });
  });

  it('of pushed requests', async () => {
    const { json } = await api.call('pushAuthorizationRequest', {}, { client_id: client.id }, basic());
    const query = new URLSearchParams({ client_id: client.id, request_uri: String(json.request_uri) });
    const { parameters } = await new CookieBrowser(server).walk(`/oauth2/auth?${query.toString()}`);
    const form = { code: parameters.code, code_verifier: VERIFIER };
    await api.call('oauth2TokenExchange', {}, form, basic());
  });

  it('of the device flow', async () => {
    const body = new URLSearchParams({ client_id: client.id, scope: 'openid offline_access' });
    const started = await send('POST', `${server.public}/oauth2/device/auth`, { body, headers: basic() });
    api.compare('oAuth2DeviceFlow', started);
    const page = await new CookieBrowser(server).go('/oauth2/device/verify');
    api.compare('performOAuth2DeviceVerificationFlow', page);
    const device_challenge = parameter(page, 'device_challenge');
    await api.call('acceptUserCodeRequest', { device_challenge }, { user_code: started.json.user_code });
  });

  it('of backchannel authentication', async () => {
    for (const name of ['acceptOAuth2CibaRequest', 'rejectOAuth2CibaRequest']) {
      await api.call('backchannelAuthentication', {}, {}, basic());
      const challenge = { ciba_challenge: app.challenge };
      await api.call('getOAuth2CibaRequest', challenge);
      await api.call(name, challenge);
    }
  });

  it('of sessions and grants', async () => {
    const { json } = await tokens();
    const { sid } = payload(json.id_token);
    await api.call('listOAuth2LoginSessions');
    await api.call('getOAuth2LoginSession', { sid: String(sid) });
    await api.call('listOAuth2ConsentSessions');
    const [grant] = (await api.call('listOAuth2Grants')).json as unknown as { id: string }[];
    await api.call('revokeOAuth2Grant', at(grant?.id));
    await api.call('revokeOAuth2ConsentSessions', { client: client.id });
    await api.call('endOAuth2LoginSession', { sid: String(sid) });
    await api.call('revokeOAuth2LoginSessions');
  });

  it('of logout', async () => {
    await api.call('patchOAuth2Client', at(client.id), [
      { op: 'add', path: '/backchannel_logout_uri', value: receiver.url },
    ]);
    const { browser, json } = await tokens();
    const query = new URLSearchParams({ id_token_hint: String(json.id_token) });
    query.set('post_logout_redirect_uri', 'https://printer.example.com/bye');
    const begin = async (): Promise<string> => {
      const answer = await browser.go(`/oauth2/sessions/logout?${query.toString()}`);
      api.compare('revokeOidcSession', answer);
      return parameter(answer, 'logout_challenge');
    };
    await api.call('rejectOAuth2LogoutRequest', { logout_challenge: await begin() });
    const logout_challenge = await begin();
    await api.call('getOAuth2LogoutRequest', { logout_challenge });
    const accepted = await api.call('acceptOAuth2LogoutRequest', { logout_challenge });
    await browser.go(String(accepted.json.redirect_to));
    await expect.poll(async () => (await api.send('listOAuth2LogoutDeliveries')).text).toContain('"delivered"');
    await api.call('listOAuth2LogoutDeliveries');
  });

  it('each of them has been sent', () => {
    expect(api.unsent).toEqual([]);
  });
});

interface Party {
  id: string;
  secret: string;
}

const at = (id: unknown): { id: string } => ({ id: String(id) });

const parameter = ({ headers }: Answer, name: string): string =>
  new URL(headers.get('location') ?? '').searchParams.get(name) ?? '';

const payload = (jwt: unknown): Record<string, unknown> =>
  JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

/** A holder's proof of its key (OpenID4VCI draft 00). */
async function proof(nonce: string): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  return new SignJWT({ nonce }).setProtectedHeader({ alg: 'ES256', jwk }).sign(privateKey);
}
