/** What a server signs for a client under FAPI 2.0 that registered RS256 before it had a profile (Security Profile §5.4.1). */
import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FapiParty } from '../../support/fapi-party.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const settings = (profile?: string) => ({
  keys: { algorithm: 'RS256' },
  oauth2: {
    pushed_authorization_requests: { enabled: true },
    dpop: { enabled: true },
    introspection: { public: true, jwt: true },
    security_profile: profile,
  },
});

describe('a client that registered RS256 and comes under a profile', () => {
  let database: TestDatabase;
  let before: TestServer;
  let server: TestServer;
  const parties: FapiParty[] = [];

  beforeAll(async () => {
    database = await freshDatabase();
    before = await startTestServer(database.dsn, settings());
    const rs256 = { userinfo_signed_response_alg: 'RS256', introspection_signed_response_alg: 'RS256' };
    for (const over of [rs256, { ...rs256, introspection_signed_response_alg: undefined }]) {
      parties.push(await FapiParty.register(before, { ...over, security_profile: undefined }));
    }
    const key = await send('POST', `${before.admin}/admin/keys/hydra.openid.id-token`, {
      body: JSON.stringify({ alg: 'ES256', kid: 'of-the-profile', use: 'sig' }),
    });
    expect(key.status, key.text).toBe(201);
    server = await startTestServer(database.dsn, settings('fapi-2.0'));
  });
  afterAll(async () => {
    await Promise.all([before.stop(), server.stop()]);
    await database.drop();
  });

  async function algorithmOf(jwt: string): Promise<string> {
    const keys = (await send('GET', `${server.public}/.well-known/jwks.json`)).json as unknown as JSONWebKeySet;
    return (await jwtVerify(jwt, createLocalJWKSet(keys))).protectedHeader.alg;
  }

  async function introspected(party: FapiParty, token: string): Promise<string> {
    const { status, text } = await send('POST', `${party.server.public}/oauth2/introspect`, {
      body: new URLSearchParams({ token, ...(await party.credentials()) }),
      headers: { accept: 'application/token-introspection+jwt' },
    });
    expect(status, text).toBe(200);
    return text;
  }

  async function userinfo(party: FapiParty, token: string): Promise<string> {
    const ath = createHash('sha256').update(token).digest('base64url');
    const headers = { authorization: `DPoP ${token}`, DPoP: await party.proof('GET', '/userinfo', { ath }) };
    const { status, text } = await send('GET', `${party.server.public}/userinfo`, { headers });
    expect(status, text).toBe(200);
    return text;
  }

  it.each([0, 1])('gets signed userinfo and introspection with an algorithm of the profile (%d)', async (which) => {
    const party = parties[which]?.at(server);
    if (!party) throw new Error('There is no such client.');
    const { access_token: token = '', id_token: idToken = '' } = await party.tokens();
    expect(await algorithmOf(idToken)).toBe('ES256');
    expect(await algorithmOf(await userinfo(party, token))).toBe('ES256');
    expect(await algorithmOf(await introspected(party, token))).toBe('ES256');
  });

  it('gets what it registered as long as it has none', async () => {
    const party = await FapiParty.register(before, {
      ...{ security_profile: undefined, userinfo_signed_response_alg: 'RS256' },
      token_endpoint_auth_signing_alg: 'ES256',
    });
    const { access_token: token = '' } = await party.tokens();
    expect(await algorithmOf(await userinfo(party, token))).toBe('RS256');
    expect(await algorithmOf(await introspected(party, token))).toBe('RS256');
  });
});
