import { generateKeyPairSync, sign } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JWT_BEARER } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

const BASE = ['authorization_code', 'refresh_token', 'client_credentials', JWT_BEARER];

describe.each(['/userinfo', '/credentials'])('%s', (path) => {
  let database: TestDatabase;
  let strict: TestServer;
  let open: TestServer;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    strict = await startTestServer(database.dsn);
    open = await startTestServer(database.dsn, {
      oauth2: { userinfo: { require_openid: false, token_in_query: true } },
    });
    client = await RelyingParty.register(strict, { grant_types: BASE });
  });
  afterAll(async () => {
    await Promise.all([strict.stop(), open.stop()]);
    await database.drop();
  });

  const ask = (server: TestServer, token?: string, query = ''): Promise<Answer> =>
    send('POST', `${server.public}${path}${query}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      body: JSON.stringify({ format: 'jwt_vc_json' }),
    });
  const challenge = ({ headers }: Answer): string => headers.get('www-authenticate') ?? '';
  /** Credentials are primed with a nonce first: 400 missing_proof. */
  const served = path === '/userinfo' ? [200, undefined] : [400, 'missing_proof'];
  const outcome = ({ status, json }: Answer): unknown[] => [status, json.error];

  it('serves the token of a person with openid', async () => {
    expect(outcome(await ask(strict, (await client.tokens()).access_token))).toEqual(served);
  });

  it('answers a request without token with a hint and no error code (RFC 6750 §3.1)', async () => {
    const answer = await ask(strict);
    expect([answer.status, challenge(answer)]).toEqual([401, 'Bearer realm="ostiary"']);
  });

  it('answers a request with an inactive token with the reason', async () => {
    const { access_token } = await client.tokens();
    await client.revoke(access_token);
    const answer = await ask(strict, access_token);
    expect(outcome(answer)).toEqual([401, 'invalid_token']);
    expect(challenge(answer)).toMatch(/^Bearer error="invalid_token",/);
  });

  it('refuses a token without openid by default', async () => {
    const { access_token } = await client.tokens({ scope: 'offline_access' });
    const answer = await ask(strict, access_token);
    expect(outcome(answer)).toEqual([403, 'insufficient_scope']);
    expect(challenge(answer)).toMatch(/^Bearer error="insufficient_scope",/);
    expect(outcome(await ask(open, access_token))).toEqual(served);
  });

  it('refuses a token with which no person logged in, whatever its scope', async () => {
    const issuer = await TrustedIssuer.of(strict, { scope: ['openid'] });
    const own = await client.token({ grant_type: 'client_credentials', scope: 'openid' });
    const vouched = await client.token({ grant_type: JWT_BEARER, scope: 'openid', assertion: issuer.assertion() });
    for (const { json } of [own, vouched]) {
      for (const server of [strict, open]) {
        const answer = await ask(server, json.access_token as string);
        expect([...outcome(answer), answer.json.sub]).toEqual([403, 'insufficient_scope', undefined]);
      }
    }
  });

  it('takes no token from the query, where the operator does not turn that on (RFC 9700 §4.3.2)', async () => {
    const query = `?access_token=${(await client.tokens()).access_token}`;
    const answer = await ask(strict, undefined, query);
    expect([answer.status, challenge(answer)]).toEqual([401, 'Bearer realm="ostiary"']);
    expect(outcome(await ask(open, undefined, query))).toEqual(served);
  });
});

describe('a verifiable credential', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('contains the key of its holder, with all digits of its numbers', async () => {
    const { publicKey, privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { access_token } = await (await RelyingParty.register(server, { grant_types: BASE })).tokens();
    const ask = (body: object): Promise<Answer> =>
      send('POST', `${server.public}/credentials`, {
        headers: { authorization: `Bearer ${access_token}` },
        body: JSON.stringify({ format: 'jwt_vc_json', types: ['VerifiableCredential', 'UserInfoCredential'], ...body }),
      });
    const { c_nonce: nonce } = (await ask({})).json;
    const jwk = JSON.stringify({ ...publicKey.export({ format: 'jwk' }), serial: 0 }).replace(
      ':0',
      ':12345678901234567890',
    );
    const input = [`{"alg":"ES256","jwk":${jwk}}`, JSON.stringify({ nonce })]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    const { status, json } = await ask({ proof: { proof_type: 'jwt', jwt: `${input}.${signature}` } });
    expect(status).toBe(200);
    const { sub } = decodeJwt(String(json.credential_draft_00));
    expect(Buffer.from(String(sub).slice('did:jwk:'.length), 'base64url').toString()).toBe(jwk);
  });
});
