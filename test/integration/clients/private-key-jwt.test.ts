import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, type Json, PUBLIC_URL, type RunningServer, startServer } from './server.js';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface SigningKey {
  alg: string;
  kid: string;
  privateKey: KeyObject;
  jwk: JWK;
}

function signingKey(alg = 'ES256', kid: string = randomUUID()): SigningKey {
  const { privateKey, publicKey } = alg.startsWith('ES')
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { alg, kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } };
}

function sign({ alg, kid, privateKey }: SigningKey, claims: Record<string, unknown>, typ?: string): Promise<string> {
  const given = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return new SignJWT(given).setProtectedHeader({ alg, kid, ...(typ ? { typ } : {}) }).sign(privateKey);
}

const seconds = (): number => Math.floor(Date.now() / 1000);

describe('private_key_jwt', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let replica: RunningServer;
  const register = async (key: SigningKey, over: object = {}): Promise<Json> => {
    const json = {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: key.alg,
      jwks: { keys: [key.jwk] },
      ...over,
    };
    return (await server.admin('POST', '/admin/clients', { json })).json;
  };
  const assertion = (
    key: SigningKey,
    id: string,
    over: Record<string, unknown> = {},
    typ?: string,
  ): Promise<string> => {
    const times = { iat: seconds() - 1, exp: seconds() + 300 };
    const aud = `${PUBLIC_URL}/oauth2/token`;
    return sign(key, { iss: id, sub: id, aud, jti: randomUUID(), ...times, ...over }, typ);
  };
  const use = (client_assertion: string, over: Record<string, string> = {}, at = server): Promise<Answer> =>
    at.authenticate({ client_assertion_type: TYPE, client_assertion, ...over });
  const outcome = ({ status, json }: Answer): unknown => [status, status === 200 ? json.client_id : json.error];

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn);
    replica = await startServer(database.dsn);
  });
  afterAll(async () => {
    await replica.close();
    await server.close();
    await database.drop();
  });

  it.each(['RS256', 'PS256', 'ES256'])('authenticates by a registered %s key', async (alg) => {
    const key = signingKey(alg);
    const { client_id: id } = await register(key);
    expect(outcome(await use(await assertion(key, id)))).toEqual([200, id]);
    expect(outcome(await use(await assertion(key, id), { client_id: id }))).toEqual([200, id]);
    expect(outcome(await use(await assertion(key, id, { aud: ['https://x.example', PUBLIC_URL] })))).toEqual([200, id]);
  });

  it('refuses a signed assertion of which two readers could see two clients (RFC 7519 §4)', async () => {
    const key = signingKey();
    const { client_id: id } = await register(key);
    const claims = { iss: id, sub: id, aud: PUBLIC_URL, exp: seconds() + 300 };
    const signed = (before: string) =>
      new CompactSign(Buffer.from(`{${before}"jti":"${randomUUID()}",${JSON.stringify(claims).slice(1)}`))
        .setProtectedHeader({ alg: key.alg, kid: key.kid })
        .sign(key.privateKey);
    expect(outcome(await use(await signed('"sub":"another",')))).toEqual([401, 'invalid_client']);
    expect(outcome(await use(await signed(String.raw`"s\u0075b":"another",`)))).toEqual([401, 'invalid_client']);
    expect(outcome(await use(await signed('')))).toEqual([200, id]);
  });

  it('accepts RS256 by default, and otherwise only the registered algorithm', async () => {
    const [rsa, ec] = [signingKey('RS256'), signingKey('ES256')];
    const keys = { jwks: { keys: [rsa.jwk, ec.jwk] } };
    const byDefault = await register(rsa, { ...keys, token_endpoint_auth_signing_alg: undefined });
    expect(outcome(await use(await assertion(rsa, byDefault.client_id)))).toEqual([200, byDefault.client_id]);
    const byEc = await register(ec, keys);
    expect(outcome(await use(await assertion(rsa, byEc.client_id)))).toEqual([401, 'invalid_client']);
  });

  it('refuses an assertion that was used, on every replica, and lets one of fifty simultaneous uses pass', async () => {
    const key = signingKey();
    const { client_id: id } = await register(key);
    const jwt = await assertion(key, id);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => use(jwt, {}, i % 2 ? server : replica)));
    const outcomes = answers.map((answer) => JSON.stringify(outcome(answer))).toSorted();
    expect(outcomes).toEqual([`[200,"${id}"]`, ...Array<string>(49).fill('[400,"jti_known"]')].toSorted());
    expect(outcome(await use(jwt, {}, replica))).toEqual([400, 'jti_known']);
  });

  it('spends no jti of an assertion that is refused for another reason', async () => {
    const key = signingKey();
    const { client_id: id } = await register(key);
    const jti = randomUUID();
    expect(outcome(await use(await assertion(key, id, { jti, aud: 'https://x.example' })))).toEqual([
      401,
      'invalid_client',
    ]);
    expect(outcome(await use(await assertion(key, id, { jti })))).toEqual([200, id]);
  });

  it('allows the same jti for different clients', async () => {
    const key = signingKey();
    const [a, b] = [await register(key), await register(key)];
    const jti = randomUUID();
    for (const { client_id: id } of [a, b]) {
      expect(outcome(await use(await assertion(key, id, { jti })))).toEqual([200, id]);
    }
  });

  it.each([
    [{ exp: undefined }],
    [{ exp: 1_000_000_000 }],
    [{ nbf: 9_999_999_999 }],
    [{ iat: 9_999_999_999 }],
    [{ jti: undefined }],
    [{ aud: undefined }],
    [{ aud: 'https://other.example/oauth2/token' }],
    [{ iss: 'other' }],
    [{ sub: undefined }],
    [{ sub: 'nobody' }],
  ])('answers claims with %o with invalid_client', async (over) => {
    const key = signingKey();
    const { client_id: id } = await register(key);
    expect(outcome(await use(await assertion(key, id, over)))).toEqual([401, 'invalid_client']);
  });

  it('refuses a JWT of another kind that the client signed, such as a request object', async () => {
    const key = signingKey();
    const { client_id: id } = await register(key);
    for (const typ of ['oauth-authz-req+jwt', 'application/dpop+jwt']) {
      expect(outcome(await use(await assertion(key, id, {}, typ)))).toEqual([401, 'invalid_client']);
    }
    for (const typ of ['JWT', 'client-authentication+jwt']) {
      expect(outcome(await use(await assertion(key, id, {}, typ)))).toEqual([200, id]);
    }
  });

  it('refuses a client_id that is not the subject', async () => {
    const key = signingKey();
    const [a, b] = [await register(key), await register(key)];
    const answer = await use(await assertion(key, a.client_id), { client_id: b.client_id });
    expect(outcome(answer)).toEqual([401, 'invalid_client']);
  });

  it('refuses forged assertions: a wrong key for the kid, an unknown kid, no signature, no JWT', async () => {
    const key = signingKey();
    const { client_id: id } = await register(key);
    expect(outcome(await use(await assertion(signingKey('ES256', key.kid), id)))).toEqual([401, 'invalid_client']);
    expect(outcome(await use(await assertion(signingKey(), id)))).toEqual([401, 'invalid_client']);
    const [, payload = ''] = (await assertion(key, id)).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const jwt of [`${none}.${payload}.`, 'no.jwt.here', 'x']) {
      expect(outcome(await use(jwt))).toEqual([401, 'invalid_client']);
    }
  });

  it('answers who proves nothing the same, whether there is such a client or what it is registered with', async () => {
    const key = signingKey();
    const clients = [
      await register(key),
      await register(key, { token_endpoint_auth_signing_alg: 'RS256' }),
      await register(key, { token_endpoint_auth_method: 'client_secret_basic' }),
      await register(key, { token_endpoint_auth_method: 'none' }),
      await register(key, { jwks: undefined, jwks_uri: 'http://127.0.0.1:1/jwks.json' }),
      { client_id: randomUUID() },
    ];
    const texts = new Set<string>();
    for (const { client_id: id } of clients) {
      for (const forger of [signingKey('ES256', key.kid), signingKey()]) {
        const answer = await use(await assertion(forger, id));
        expect(answer.status).toBe(401);
        texts.add(answer.text);
      }
    }
    expect(texts.size).toBe(1);
  });

  it('refuses a client with another registered method', async () => {
    const key = signingKey();
    const { client_id: id } = await register(key, { token_endpoint_auth_method: 'client_secret_basic' });
    expect(outcome(await use(await assertion(key, id)))).toEqual([401, 'invalid_client']);
  });

  describe('with a jwks_uri', () => {
    let site: Server;
    let published: () => { status: number; text: string };
    let url: string;

    beforeAll(async () => {
      site = createServer((_request, response) => {
        const { status, text } = published();
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${String((site.address() as AddressInfo).port)}/jwks.json`;
    });
    afterAll(async () => {
      site.closeAllConnections();
      await new Promise((resolve) => site.close(resolve));
    });

    it('fetches the keys, and fetches them again for a new kid', async () => {
      const [one, two] = [signingKey(), signingKey()];
      const { client_id: id } = await register(one, { jwks: undefined, jwks_uri: url });
      published = () => ({ status: 200, text: JSON.stringify({ keys: [one.jwk] }) });
      expect(outcome(await use(await assertion(one, id)))).toEqual([200, id]);
      published = () => ({ status: 200, text: JSON.stringify({ keys: [two.jwk] }) });
      expect(outcome(await use(await assertion(two, id)))).toEqual([200, id]);
      expect(outcome(await use(await assertion(one, id)))).toEqual([401, 'invalid_client']);
    });

    it('refuses the client while the keys are not available', async () => {
      const key = signingKey();
      published = () => ({ status: 500, text: '' });
      const { client_id: id } = await register(key, { jwks: undefined, jwks_uri: url });
      expect(outcome(await use(await assertion(key, id)))).toEqual([401, 'invalid_client']);
    });
  });
});
