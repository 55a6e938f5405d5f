/** What is encrypted to a key of the client: ID tokens, userinfo, authorization responses (RFC 7516, OpenID Connect Core §10.2). */
import { createLocalJWKSet, decodeJwt, generateKeyPair, exportJWK, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { Recipient } from '../../support/recipient.js';
import { RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';

const JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;

describe('a client with an encryption key', () => {
  let database: TestDatabase;
  let server: TestServer;
  let signing: object;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      oauth2: { encryption: { enabled: true }, jarm: { enabled: true } },
    });
    const pair = await generateKeyPair('ES256', { extractable: true });
    signing = { ...(await exportJWK(pair.publicKey)), kid: 'sig', alg: 'ES256', use: 'sig' };
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const register = (recipient: Recipient, over: Record<string, unknown>): Promise<RelyingParty> =>
    RelyingParty.register(server, {
      grant_types: ['authorization_code', 'implicit', 'refresh_token'],
      response_types: ['code', 'id_token', 'token', 'code id_token', 'id_token token'],
      jwks: { keys: [signing, recipient.jwk] },
      ...over,
    });
  const claimsOf = async (jwt: string, client: RelyingParty) => {
    const keys = (await send('GET', `${server.public}/.well-known/jwks.json`)).json as unknown as JSONWebKeySet;
    const audience = client.clientId;
    return (await jwtVerify(jwt, createLocalJWKSet(keys), { issuer: ISSUER, audience, clockTolerance: 5 })).payload;
  };
  const userinfo = (token: string) =>
    send('GET', `${server.public}/userinfo`, { headers: { authorization: `Bearer ${token}` } });

  it.each([
    ['RSA-OAEP-256', 'A256GCM'],
    ['RSA-OAEP', undefined],
    ['ECDH-ES', 'A128GCM'],
    ['ECDH-ES+A128KW', 'A128CBC-HS256'],
    ['ECDH-ES+A256KW', 'A256CBC-HS512'],
  ])('gets ID tokens with %s and %s, everywhere', async (alg, enc) => {
    const recipient = await Recipient.make(alg);
    const client = await register(recipient, {
      ...{ id_token_encrypted_response_alg: alg, id_token_encrypted_response_enc: enc },
    });
    const tokens = await client.tokens();
    const refreshed = (await client.refresh(tokens.refresh_token)).json;
    const hybrid = await client.authorize({ response_type: 'code id_token' });
    for (const jwe of [tokens.id_token, refreshed['id_token'], hybrid.get('id_token')]) {
      expect(jwe).toMatch(JWE);
      const { header, text } = await recipient.open(String(jwe));
      expect(header).toMatchObject({ alg, enc: enc ?? 'A128CBC-HS256', kid: recipient.jwk.kid, cty: 'JWT' });
      expect(await claimsOf(text, client)).toMatchObject({ sub: 'alice' });
    }
  });

  it.each([undefined, 'RS256'])('gets userinfo, signed with %s', async (alg) => {
    const recipient = await Recipient.make('ECDH-ES+A128KW', { alg: undefined, use: undefined, crv: 'P-256' });
    const client = await register(recipient, {
      ...{ userinfo_encrypted_response_alg: 'ECDH-ES+A128KW', userinfo_signed_response_alg: alg },
    });
    const { headers, text: jwe } = await userinfo((await client.tokens()).access_token);
    expect(headers.get('content-type')).toBe('application/jwt');
    const { header, text } = await recipient.open(jwe);
    expect([header.enc, header.cty]).toEqual(['A128CBC-HS256', alg && 'JWT']);
    expect(alg ? await claimsOf(text, client) : JSON.parse(text)).toMatchObject({ sub: 'alice', iss: ISSUER });
  });

  it('gets authorization responses, errors too, and tokens even in a query', async () => {
    const recipient = await Recipient.make('ECDH-ES');
    const client = await register(recipient, { authorization_encrypted_response_alg: 'ECDH-ES' });
    for (const [response_type, over, member] of [
      ['code', {}, 'code'],
      ['id_token token', {}, 'access_token'],
      ['code', { prompt: 'none' }, 'error'],
    ] as const) {
      const asked = client.address({ response_mode: 'query.jwt', response_type, ...over });
      const { url, parameters } = await new CookieBrowser(server).walk(asked);
      expect([url?.search.startsWith('?response='), Object.keys(parameters)]).toEqual([true, ['response']]);
      const { text } = await recipient.open(parameters['response'] ?? '');
      expect(Object.keys(await claimsOf(text, client))).toContain(member);
    }
  });

  it('gets nothing in the clear when its key has vanished, and nothing is spent', async () => {
    const recipient = await Recipient.make('RSA-OAEP-256');
    const receiver = await Receiver.open();
    let keys: unknown[] = [recipient.jwk];
    receiver.answer = (response) => response.end(JSON.stringify({ keys }));
    const client = await register(recipient, {
      ...{ jwks: undefined, jwks_uri: `${receiver.url}/jwks`, id_token_encrypted_response_alg: 'RSA-OAEP-256' },
    });
    keys = [signing];
    const code = await client.code();
    const { status, json } = await client.redeem(code);
    expect([status, json['error'], json['access_token']]).toEqual([500, 'server_error', undefined]);
    expect((await client.authorize({ response_type: 'code id_token' })).get('error')).toBe('server_error');
    await client.admin('PATCH', `/clients/${client.clientId}`, [
      { op: 'remove', path: '/jwks_uri' },
      { op: 'replace', path: '/jwks', value: { keys: [recipient.jwk] } },
    ]);
    expect((await recipient.open(String((await client.redeem(code)).json['id_token']))).header.alg).toBe(
      'RSA-OAEP-256',
    );
    await receiver.close();
  });

  it('keeps its code where a key turns out to be unusable', async () => {
    const even = Buffer.alloc(256, 0x98).toString('base64url'); // no product of two odd primes
    const broken = { kty: 'RSA', n: even, e: 'AQAB', use: 'enc' };
    const client = await register(await Recipient.make('RSA-OAEP'), {
      ...{ jwks: { keys: [broken] }, id_token_encrypted_response_alg: 'RSA-OAEP' },
    });
    const code = await client.code();
    const { status, json } = await client.redeem(code);
    expect([status, json['error']]).toEqual([500, 'server_error']);
    expect(json['error_description']).toContain('id_token_encrypted_response_alg');
    const recipient = await Recipient.make('RSA-OAEP');
    await client.admin('PATCH', `/clients/${client.clientId}`, [
      { op: 'replace', path: '/jwks', value: { keys: [recipient.jwk] } },
    ]);
    expect((await recipient.open(String((await client.redeem(code)).json['id_token']))).header.alg).toBe('RSA-OAEP');
  });

  it.each([0, 1])(
    'gets nothing encrypted to a point of small order (%i), which everybody could read',
    async (first) => {
      const x = Buffer.from([first, ...Array<number>(31).fill(0)]).toString('base64url');
      const weak = { kty: 'OKP', crv: 'X25519', x, use: 'enc' };
      const alg = { id_token_encrypted_response_alg: 'ECDH-ES' };
      const recipient = await Recipient.make('ECDH-ES');
      await expect(register(recipient, { jwks: { keys: [weak] }, ...alg })).rejects.toThrow('invalid_client_metadata');
      const receiver = await Receiver.open();
      receiver.answer = (response) => response.end(JSON.stringify({ keys: [weak, recipient.jwk] }));
      const client = await register(recipient, { jwks: undefined, jwks_uri: `${receiver.url}/jwks`, ...alg });
      expect((await recipient.open((await client.tokens()).id_token)).header.kid).toBe(recipient.jwk.kid);
      await receiver.close();
    },
  );

  it('may publish null for what its key does not say', async () => {
    const recipient = await Recipient.make('RSA-OAEP-256');
    const receiver = await Receiver.open();
    const key = { ...recipient.jwk, use: null, alg: null };
    receiver.answer = (response) => response.end(JSON.stringify({ keys: [key] }));
    const alg = { id_token_encrypted_response_alg: 'RSA-OAEP-256' };
    const client = await register(recipient, { jwks: undefined, jwks_uri: `${receiver.url}/jwks`, ...alg });
    expect((await recipient.open((await client.tokens()).id_token)).header.alg).toBe('RSA-OAEP-256');
    await receiver.close();
  });

  it('gets JWTs at the error page in place of an answer that cannot be encrypted', async () => {
    const recipient = await Recipient.make('ECDH-ES');
    const receiver = await Receiver.open();
    receiver.answer = (response) => response.end(JSON.stringify({ keys: [recipient.jwk] }));
    const client = await register(recipient, {
      ...{ jwks: undefined, jwks_uri: `${receiver.url}/jwks`, authorization_encrypted_response_alg: 'ECDH-ES' },
    });
    receiver.answer = 404;
    const { url, parameters } = await new CookieBrowser(server).walk(client.address({ response_mode: 'jwt' }));
    expect([url?.origin, parameters['error']]).toEqual(['http://ui.example', 'server_error']);
    await receiver.close();
  });

  it('must have a key for what it registers, and shows it', async () => {
    const recipient = await Recipient.make('ECDH-ES');
    const members = { userinfo_encrypted_response_alg: 'ECDH-ES', userinfo_encrypted_response_enc: 'A256GCM' };
    const client = await register(recipient, members);
    const path = `/clients/${client.clientId}`;
    expect((await client.admin('GET', path)).json).toMatchObject(members);
    const without = await client.admin('PATCH', path, [{ op: 'replace', path: '/jwks', value: { keys: [signing] } }]);
    expect([without.status, without.json['error']]).toEqual([400, 'invalid_client_metadata']);
    expect((await userinfo((await client.tokens()).access_token)).text).toMatch(JWE);
  });

  it('reads in discovery how', async () => {
    const { json } = await send('GET', `${server.public}/.well-known/openid-configuration`);
    for (const what of ['id_token', 'userinfo', 'authorization']) {
      expect(json[`${what}_encryption_alg_values_supported`]).toContain('RSA-OAEP-256');
      expect(json[`${what}_encryption_enc_values_supported`]).toContain('A128CBC-HS256');
    }
  });
});

describe('without oauth2.encryption.enabled', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, { oauth2: { jarm: { enabled: true } } });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('a client may register, and gets what everybody gets', async () => {
    const client = await RelyingParty.register(server, {
      jwks: { keys: [(await Recipient.make('ECDH-ES')).jwk] },
      ...{ id_token_encrypted_response_alg: 'ECDH-ES', userinfo_encrypted_response_alg: 'ECDH-ES' },
      authorization_encrypted_response_alg: 'ECDH-ES',
    });
    const { id_token, access_token } = await client.tokens();
    expect(decodeJwt(id_token).sub).toBe('alice');
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await send('GET', `${server.public}/userinfo`, { headers })).json).toMatchObject({ sub: 'alice' });
    const response = (await client.authorize({ response_mode: 'jwt' })).get('response') ?? '';
    expect(decodeJwt(response)).toHaveProperty('code');
    const discovery = Object.keys((await send('GET', `${server.public}/.well-known/openid-configuration`)).json);
    expect(discovery.filter((name) => name.includes('_encryption_'))).toEqual([]);
  });
});
