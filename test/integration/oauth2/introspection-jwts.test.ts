/** Introspection responses as JWTs (RFC 9701). */
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Recipient } from '../../support/recipient.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';

const TYPE = 'application/token-introspection+jwt';

describe('introspection with oauth2.introspection.jwt', () => {
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;
  let token: string;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      oauth2: { introspection: { public: true, jwt: true }, encryption: { enabled: true } },
    });
    client = await RelyingParty.register(server);
    token = (await client.tokens()).access_token;
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const ask = (by: RelyingParty, what: string, accept = TYPE): Promise<Answer> =>
    send('POST', `${server.public}/oauth2/introspect`, {
      body: new URLSearchParams({ token: what }),
      headers: { ...by.credentials, accept },
    });
  const verified = async (jwt: string, by = client) => {
    const keys = (await send('GET', `${server.public}/.well-known/jwks.json`)).json as unknown as JSONWebKeySet;
    return jwtVerify(jwt, createLocalJWKSet(keys), {
      ...{ issuer: ISSUER, audience: by.clientId, typ: 'token-introspection+jwt', clockTolerance: 5 },
    });
  };

  it('is a signed JWT for the caller, with the claims of the token inside one claim', async () => {
    const answer = await ask(client, token);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, TYPE]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { payload, protectedHeader } = await verified(answer.text);
    expect(protectedHeader.alg).toBe('RS256');
    expect(Object.keys(payload).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection']);
    expect(payload['token_introspection']).toEqual((await ask(client, token, 'application/json')).json);
    expect(payload['token_introspection']).toMatchObject({ active: true, sub: 'alice', client_id: client.clientId });
  });

  it('tells of other tokens that they are inactive, and nothing more', async () => {
    const other = await RelyingParty.register(server);
    for (const [by, what] of [
      [client, 'nothing'],
      [other, token],
    ] as const) {
      expect((await verified((await ask(by, what)).text, by)).payload['token_introspection']).toEqual({
        active: false,
      });
    }
  });

  it('is JSON for those who do not prefer the JWT', async () => {
    for (const accept of ['*/*', 'application/json', `${TYPE}, application/json`, `${TYPE};q=0.1, */*`, 'text/html']) {
      expect((await ask(client, token, accept)).json, accept).toMatchObject({ active: true });
    }
  });

  it('has errors in JSON', async () => {
    const { status, json } = await ask(client.withSecret('wrong-secret'), token);
    expect([status, json['error']]).toEqual([401, 'invalid_client']);
  });

  it('is signed as the caller registered', async () => {
    await client.admin('POST', '/keys/hydra.openid.id-token', { alg: 'ES256' });
    const caller = await RelyingParty.register(server, { introspection_signed_response_alg: 'ES256' });
    expect(decodeProtectedHeader((await ask(caller, token)).text).alg).toBe('ES256');
    expect(decodeProtectedHeader((await ask(client, token)).text).alg).toBe('RS256');
  });

  it('is encrypted to a caller that registered for that, which gets no JSON', async () => {
    const recipient = await Recipient.make('ECDH-ES');
    const caller = await RelyingParty.register(server, {
      ...{ jwks: { keys: [recipient.jwk] }, introspection_encrypted_response_alg: 'ECDH-ES' },
    });
    const { header, text } = await recipient.open((await ask(caller, token)).text);
    expect(header).toMatchObject({ alg: 'ECDH-ES', enc: 'A128CBC-HS256', cty: 'JWT' });
    expect((await verified(text, caller)).payload['token_introspection']).toEqual({ active: false });
    const { status, json } = await ask(caller, token, 'application/json');
    expect([status, json['error'], json['active']]).toEqual([400, 'invalid_request', undefined]);
  });

  it('is no token itself, and no hint', async () => {
    const { text } = await ask(client, token);
    expect(await client.isActive(text)).toBe(false);
    expect((await client.authorize({ id_token_hint: text })).get('error')).toBe('invalid_request');
  });

  it('stays JSON on the admin listener, which knows no caller', async () => {
    const headers = { accept: TYPE };
    const answer = await send('POST', `${server.admin}/admin/oauth2/introspect`, {
      ...{ body: new URLSearchParams({ token }), headers },
    });
    expect(answer.json).toMatchObject({ active: true });
  });

  it('is announced in discovery', async () => {
    const { json } = await send('GET', `${server.public}/.well-known/openid-configuration`);
    expect(json['introspection_signing_alg_values_supported']).toEqual(json['id_token_signing_alg_values_supported']);
    expect(json['introspection_encryption_alg_values_supported']).toContain('ECDH-ES');
  });

  it('is JSON while that is off', async () => {
    const plain = await startTestServer(database.dsn, { oauth2: { introspection: { public: true } } });
    const answer = await send('POST', `${plain.public}/oauth2/introspect`, {
      ...{ body: new URLSearchParams({ token }), headers: { ...client.credentials, accept: TYPE } },
    });
    expect(answer.json).toMatchObject({ active: true });
    const { json } = await send('GET', `${plain.public}/.well-known/openid-configuration`);
    expect(Object.keys(json).filter((name) => /introspection_(signing|encryption)/.test(name))).toEqual([]);
    await plain.stop();
  });
});
