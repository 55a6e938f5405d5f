/** Access tokens that are bound to the certificate of their client (RFC 8705 §3, §4). */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askTls, type TlsAnswer } from '../../support/ask-tls.js';
import { certificate, type Certificate } from '../../support/certificates.js';
import { ProofKey } from '../../support/dpop-client.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { CALLBACK, RelyingParty } from '../../support/relying-party.js';
import { send } from '../../support/send.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';

const BOUND = { tls_client_certificate_bound_access_tokens: true };
const PUBLIC = { token_endpoint_auth_method: 'none' };

let database: TestDatabase;
let server: TestServer;
let own: Certificate;
let other: Certificate;
beforeAll(async () => {
  database = await freshDatabase();
  [own, other] = await Promise.all([certificate(), certificate()]);
  server = await startTestServer(database.dsn, {
    serve: { public: { trusted_proxies: ['127.0.0.1/32'] } },
    oauth2: { mtls: { enabled: true, proxy: { header: 'client-cert', format: 'rfc9440' } }, dpop: { enabled: true } },
  });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const headerOf = (by?: Certificate): Record<string, string> =>
  by ? { 'client-cert': `:${by.der.toString('base64')}:` } : {};
const isPublic = new WeakSet<RelyingParty>();
async function registered(over: Record<string, unknown> = BOUND): Promise<RelyingParty> {
  const client = await RelyingParty.register(server, over);
  if (over.token_endpoint_auth_method === 'none') isPublic.add(client);
  return client;
}
function ask(client: RelyingParty, form: Record<string, string>, by?: Certificate, more = {}): Promise<TlsAnswer> {
  const named: Record<string, string> = isPublic.has(client) ? { client_id: client.clientId } : {};
  const headers = { ...(isPublic.has(client) ? {} : client.credentials), ...headerOf(by), ...more };
  return askTls(`${server.public}/oauth2/token`, { form: { ...form, ...named }, headers });
}
const machine = { grant_type: 'client_credentials' };
const redeem = async (client: RelyingParty, by?: Certificate): Promise<TlsAnswer> =>
  ask(client, { grant_type: 'authorization_code', code: await client.code(), redirect_uri: CALLBACK }, by);
const refresh = (client: RelyingParty, token: unknown, by?: Certificate): Promise<TlsAnswer> =>
  ask(client, { grant_type: 'refresh_token', refresh_token: String(token) }, by);
const cnf = ({ thumbprint }: Certificate) => ({ 'x5t#S256': thumbprint });
async function introspected(token: unknown): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({ token: String(token) });
  return (await send('POST', `${server.admin}/admin/oauth2/introspect`, { body })).json;
}
const userinfo = (token: unknown, by?: Certificate): Promise<TlsAnswer> =>
  askTls(`${server.public}/userinfo`, { headers: { authorization: `Bearer ${String(token)}`, ...headerOf(by) } });
const refused = (answer: TlsAnswer, code: string, status = 400): void => {
  expect([answer.status, answer.json.error], answer.text).toEqual([status, code]);
};

describe('a client whose tokens are bound to its certificate', () => {
  it('gets tokens with its digest, opaque and JWT, of the type bearer', async () => {
    const { json } = await ask(await registered(), machine, own);
    expect([json.token_type, (await introspected(json.access_token)).cnf]).toEqual(['bearer', cnf(own)]);
    const jwt = await ask(await registered({ ...BOUND, access_token_strategy: 'jwt' }), machine, own);
    expect(decodeJwt(String(jwt.json.access_token)).cnf).toEqual(cnf(own));
  });

  it('gets none without a certificate, and its code stays unspent', async () => {
    const client = await registered();
    refused(await ask(client, machine), 'invalid_request');
    refused(await ask(client, machine, undefined, { 'client-cert': 'x' }), 'invalid_request');
    const form = { grant_type: 'authorization_code', code: await client.code(), redirect_uri: CALLBACK };
    refused(await ask(client, form), 'invalid_request');
    expect((await ask(client, form, own)).status).toBe(200);
  });

  it('gets none through the browser', async () => {
    const answer = await (
      await registered({ ...BOUND, grant_types: ['authorization_code', 'implicit'] })
    ).authorize({ response_type: 'code id_token token' });
    expect([answer.get('error'), answer.get('access_token')]).toEqual(['unauthorized_client', null]);
  });

  it('reads claims with the same certificate alone (§3)', async () => {
    const { json } = await redeem(await registered(), own);
    expect((await userinfo(json.access_token, own)).json.sub).toBe('alice');
    for (const by of [undefined, other]) {
      const answer = await userinfo(json.access_token, by);
      refused(answer, 'invalid_token', 401);
      expect(answer.headers['www-authenticate']).toMatch(/invalid_token/);
    }
  });

  it('refreshes with any certificate, which binds the next token, if it authenticates otherwise', async () => {
    const client = await registered();
    const first = await redeem(client, own);
    const second = await refresh(client, first.json.refresh_token, other);
    expect((await introspected(second.json.access_token)).cnf).toEqual(cnf(other));
    refused(await refresh(client, second.json.refresh_token), 'invalid_request');
    expect((await refresh(client, second.json.refresh_token, own)).status).toBe(200);
  });

  it('refreshes with the first certificate alone, if it is public (§4); a refused try spends nothing', async () => {
    const client = await registered({ ...BOUND, ...PUBLIC });
    const { json } = await redeem(client, own);
    refused(await refresh(client, json.refresh_token, other), 'invalid_grant');
    refused(await refresh(client, json.refresh_token), 'invalid_request');
    const next = await refresh(client, json.refresh_token, own);
    expect((await introspected(next.json.access_token)).cnf).toEqual(cnf(own));
    refused(await refresh(client, next.json.refresh_token, other), 'invalid_grant');
    expect((await refresh(client, next.json.refresh_token, own)).status).toBe(200);
  });
});

describe('a certificate', () => {
  it('binds nothing of a client that did not register it', async () => {
    const { json } = await ask(await registered({}), machine, own);
    expect((await introspected(json.access_token)).cnf).toBeUndefined();
  });

  it('leaves the binding to a proof beside it, and either is enough for a client with both members', async () => {
    const key = new ProofKey();
    const proof = () => ({ DPoP: key.proof('POST', `${ISSUER}/oauth2/token`) });
    const both = await registered({ ...BOUND, dpop_bound_access_tokens: true });
    for (const client of [await registered(), both]) {
      const { json } = await ask(client, machine, own, proof());
      expect([json.token_type, (await introspected(json.access_token)).cnf]).toEqual(['DPoP', { jkt: key.jkt }]);
    }
    expect((await introspected((await ask(both, machine, own)).json.access_token)).cnf).toEqual(cnf(own));
    expect((await introspected((await ask(both, machine, undefined, proof())).json.access_token)).cnf).toEqual({
      jkt: key.jkt,
    });
    expect((await ask(both, machine)).status).toBe(400);
  });
});
