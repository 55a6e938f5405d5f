/** The refusals that the OpenAPI document names are those of a server, with the bodies that the document describes. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { CibaApp, cibaSettings } from '../../support/ciba-app.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { ExampleCaller } from './example-caller.js';

type Headers = Record<string, string>;
type Case = [id: string, status: number, parameters?: Record<string, string>, request?: object, headers?: Headers];

const NOBODY = { id: '00000000-0000-4000-8000-000000000000' };
const basic = (pair: string): Headers => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
const TAKEN = basic('taken:a-secret-of-the-test');
const STRANGER = basic('nobody:wrong');
const BEARER = { authorization: 'Bearer ory_at_unknown' };
const PAGE = { page_token: 'not a token' };

/** What one refused request sends. The rest of the request is the example's. */
const CASES: Case[] = [
  ['getJsonWebKeySet', 404, { set: 'no-such-set' }],
  ['createJsonWebKeySet', 400, {}, { alg: 'none' }],
  ['setJsonWebKeySet', 400, {}, { keys: [{ kty: 'EC' }] }],
  ['getJsonWebKey', 404, { set: 'no-such-set' }],
  ['setJsonWebKey', 400, {}, { kty: 'unknown' }],
  ['listOAuth2Clients', 400, PAGE],
  ['createOAuth2Client', 400, {}, { redirect_uris: ['/relative'] }],
  ['createOAuth2Client', 409, {}, { client_id: 'taken' }],
  ['getOAuth2Client', 404, NOBODY],
  ['setOAuth2Client', 400, { id: 'taken' }, { redirect_uris: ['/relative'] }],
  ['setOAuth2Client', 404, NOBODY],
  ['patchOAuth2Client', 400, { id: 'taken' }, [{ op: 'replace', path: '/client_id', value: 'another' }]],
  ['patchOAuth2Client', 404, NOBODY],
  ['deleteOAuth2Client', 404, NOBODY],
  ['setOAuth2ClientLifespans', 400, { id: 'taken' }, { jwt_bearer_grant_access_token_lifespan: 'soon' }],
  ['setOAuth2ClientLifespans', 404, NOBODY],
  ['rotateOAuth2ClientSecret', 404, NOBODY],
  ['deleteRotatedOAuth2ClientSecrets', 404, NOBODY],
  ['createOidcDynamicClient', 400, {}, { redirect_uris: ['/relative'] }],
  ['getOidcDynamicClient', 401, NOBODY, undefined, BEARER],
  ['setOidcDynamicClient', 401, NOBODY, undefined, BEARER],
  ['deleteOidcDynamicClient', 401, NOBODY, undefined, BEARER],
  ['trustOAuth2JwtGrantIssuer', 400, {}, { issuer: '' }],
  ['trustOAuth2JwtGrantIssuer', 409],
  ['listTrustedOAuth2JwtGrantIssuers', 400, PAGE],
  ['getTrustedOAuth2JwtGrantIssuer', 400, { id: 'no-uuid' }],
  ['getTrustedOAuth2JwtGrantIssuer', 404, NOBODY],
  ['deleteTrustedOAuth2JwtGrantIssuer', 400, { id: 'no-uuid' }],
  ['deleteTrustedOAuth2JwtGrantIssuer', 404, NOBODY],
  ...['getOAuth2LoginRequest', 'acceptOAuth2LoginRequest', 'rejectOAuth2LoginRequest'].flatMap((id): Case[] => [
    [id, 404],
    [id, 400, { login_challenge: '' }],
  ]),
  ...['getOAuth2ConsentRequest', 'acceptOAuth2ConsentRequest', 'rejectOAuth2ConsentRequest'].flatMap((id): Case[] => [
    [id, 404],
    [id, 400, { consent_challenge: '' }],
  ]),
  ...['getOAuth2LogoutRequest', 'acceptOAuth2LogoutRequest', 'rejectOAuth2LogoutRequest'].flatMap((id): Case[] => [
    [id, 404],
    [id, 400, { logout_challenge: '' }],
  ]),
  ['acceptUserCodeRequest', 400, { device_challenge: '' }],
  ['acceptUserCodeRequest', 404],
  ['getOAuth2CibaRequest', 404],
  ['acceptOAuth2CibaRequest', 404],
  ['acceptOAuth2CibaRequest', 400, {}, { subject: '' }],
  ['rejectOAuth2CibaRequest', 404],
  ['rejectOAuth2CibaRequest', 400, {}, { error: '"' }],
  ['listOAuth2ConsentSessions', 400, { subject: '' }],
  ['revokeOAuth2ConsentSessions', 400, { subject: '' }],
  ['listOAuth2LoginSessions', 400, { subject: '' }],
  ['revokeOAuth2LoginSessions', 400, { subject: '' }],
  ['getOAuth2LoginSession', 404],
  ['endOAuth2LoginSession', 404],
  ['listOAuth2LogoutDeliveries', 400, PAGE],
  ['listOAuth2Grants', 400, { subject: '' }],
  ['revokeOAuth2Grant', 404, NOBODY],
  ['deleteOAuth2Token', 400, { client_id: '' }],
  ['introspectOAuth2Token', 400, {}, { token: undefined, scope: undefined }],
  ['pushAuthorizationRequest', 400, {}, { client_id: 'taken', request_uri: 'urn:example:1' }, TAKEN],
  ['pushAuthorizationRequest', 401, {}, undefined, STRANGER],
  ['oauth2TokenExchange', 400, {}, { grant_type: 'magic' }],
  ['oauth2TokenExchange', 401, {}, undefined, STRANGER],
  ['oAuth2DeviceFlow', 400],
  ['backchannelAuthentication', 401, {}, undefined, STRANGER],
  ['revokeOAuth2Token', 400, {}, { token: undefined }],
  ['revokeOAuth2Token', 401, {}, undefined, STRANGER],
  ['getOidcUserInfo', 401, {}, undefined, BEARER],
  ['createVerifiableCredential', 401, {}, undefined, BEARER],
];

describe('refusals of the OpenAPI document', () => {
  let database: TestDatabase;
  let server: TestServer;
  let app: CibaApp;
  let api: ExampleCaller;

  beforeAll(async () => {
    [database, app] = [await freshDatabase(), await CibaApp.open()];
    server = await startTestServer(database.dsn, {
      oidc: { ...cibaSettings(app), dynamic_client_registration: { enabled: true } },
      oauth2: { pushed_authorization_requests: { enabled: true } },
    });
    api = new ExampleCaller(server);
    await api.send('createOAuth2Client', {}, { client_id: 'taken', client_secret: 'a-secret-of-the-test' });
    await api.send('trustOAuth2JwtGrantIssuer');
  });
  afterAll(async () => {
    await server.stop();
    await app.close();
    await database.drop();
  });

  it.each(CASES)('%s, %i', async (...[id, status, parameters, request, headers]: Case) => {
    const answer = await api.send(id, parameters, request, headers);
    api.compare(id, answer, status);
  });
});
