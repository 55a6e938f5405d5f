import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BoundParty } from '../../support/bound-party.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { ProofKey } from '../../support/dpop-client.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { type Answer, CALLBACK, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

const MANY = 100;
const ON = { dpop: { enabled: true }, pushed_authorization_requests: { enabled: true } };
const PUBLIC = { token_endpoint_auth_method: 'none' };
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

const codeOf = ({ status, json }: Answer): string => (status === 200 ? 'ok' : `${status} ${String(json.error)}`);
const PROOF = '400 invalid_dpop_proof';

describe('tokens that are bound to a key (DPoP)', () => {
  let database: TestDatabase;
  let hook: Receiver;
  let one: TestServer;
  let two: TestServer;
  let client: BoundParty;
  let app: BoundParty;

  beforeAll(async () => {
    database = await freshDatabase();
    hook = await Receiver.open();
    hook.answer = 204;
    [one, two] = [
      await startTestServer(database.dsn, { oauth2: ON }),
      await startTestServer(database.dsn, { oauth2: ON }),
    ];
  });
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()]);
    await hook.close();
    await database.drop();
  });
  beforeEach(async () => {
    client = await BoundParty.register(one, {
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', JWT_BEARER, DEVICE_CODE],
    });
    app = await BoundParty.register(one, PUBLIC);
  });

  const cnfOf = async (token: unknown): Promise<unknown> => (await client.introspect(token)).cnf;

  describe('by client credentials', () => {
    it('say so, and the answer of introspection has the key', async () => {
      const { json } = await client.clientCredentials();
      expect(json).toMatchObject({ token_type: 'DPoP' });
      expect(await client.introspect(json.access_token)).toMatchObject({
        active: true,
        token_type: 'DPoP',
        cnf: { jkt: client.key.jkt },
      });
    });

    it('are bearer tokens without a proof', async () => {
      const { json } = await client.clientCredentials({ proof: null });
      expect(json).toMatchObject({ token_type: 'bearer' });
      const { token_type, cnf } = await client.introspect(json.access_token);
      expect([token_type, cnf]).toEqual(['Bearer', undefined]);
    });

    it('carry the key if they are JWTs', async () => {
      const jwts = await BoundParty.register(one, { access_token_strategy: 'jwt' });
      const { json } = await jwts.clientCredentials();
      expect(decodeJwt(String(json.access_token)).cnf).toEqual({ jkt: jwts.key.jkt });
      expect(await cnfOf(json.access_token)).toEqual({ jkt: jwts.key.jkt });
    });
  });

  describe('a proof', () => {
    it('counts once, at whichever server', async () => {
      const proof = client.proof('POST', '/oauth2/token');
      expect(codeOf(await client.clientCredentials({ proof }))).toBe('ok');
      expect(codeOf(await client.clientCredentials({ proof }))).toBe(PROOF);
      expect(codeOf(await client.clientCredentials({ proof, server: two }))).toBe(PROOF);
    });

    it('with the same jti of another key is another proof', async () => {
      const claims = { jti: 'the-same' };
      expect(codeOf(await client.clientCredentials({ claims }))).toBe('ok');
      expect(codeOf(await client.clientCredentials({ claims, key: new ProofKey() }))).toBe('ok');
      expect(codeOf(await client.clientCredentials({ claims }))).toBe(PROOF);
    });

    it('used many times at once over two servers gives one token', async () => {
      const proof = client.proof('POST', '/oauth2/token');
      const answers = await Promise.all(
        Array.from({ length: MANY }, (_, i) => client.clientCredentials({ proof, server: i % 2 ? one : two })),
      );
      const codes = answers.map(codeOf);
      expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
      expect(codes.filter((code) => code === PROOF)).toHaveLength(MANY - 1);
    });

    it('decides for its own request alone where requests share a statement', async () => {
      const replayed = client.proof('POST', '/oauth2/token');
      const proofs = Array.from({ length: MANY }, (_, i) => (i % 3 ? undefined : replayed));
      const answers = await Promise.all(proofs.map((proof) => client.clientCredentials({ proof })));
      const codes = answers.map(codeOf);
      expect(codes.filter((code) => code === PROOF)).toHaveLength(proofs.filter(Boolean).length - 1);
      expect(codes.filter((code) => code === 'ok')).toHaveLength(MANY - proofs.filter(Boolean).length + 1);
    });

    it('that was sent with a stale client is no replay of itself', async () => {
      expect(codeOf(await client.clientCredentials({ server: two }))).toBe('ok'); // the client is cached there
      await client.party.admin('PATCH', `/clients/${client.party.clientId}`, [
        { op: 'replace', path: '/client_name', value: 'New' },
      ]);
      expect(codeOf(await client.clientCredentials({ server: two }))).toBe('ok');
    });

    it('is never asked for before the client has authenticated', async () => {
      const wrong = client.party.withSecret('wrong');
      const { json } = await send('POST', `${one.public}/oauth2/token`, {
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
        headers: { ...wrong.credentials, dpop: 'garbage' },
      });
      expect(json.error).toBe('invalid_client');
    });

    it('may come twice in no request', async () => {
      const proof = client.proof('POST', '/oauth2/token');
      expect(
        codeOf(await client.clientCredentials({ proof: `${proof}, ${client.proof('POST', '/oauth2/token')}` })),
      ).toBe(PROOF);
      expect(codeOf(await client.clientCredentials({ proof: '' }))).toBe(PROOF);
    });
  });

  describe('of a client that registered dpop_bound_access_tokens', () => {
    it('are never issued without a proof, whatever the grant', async () => {
      const strict = await BoundParty.register(one, { dpop_bound_access_tokens: true });
      expect(codeOf(await strict.clientCredentials({ proof: null }))).toBe(PROOF);
      const code = await strict.party.code();
      expect(codeOf(await strict.redeem(code, { proof: null }))).toBe(PROOF);
      const redeemed = await strict.redeem(code);
      expect(codeOf(redeemed)).toBe('ok');
      const { refresh_token } = redeemed.json;
      expect(codeOf(await strict.refresh(refresh_token, { proof: null }))).toBe(PROOF);
      expect(codeOf(await strict.refresh(refresh_token, { key: new ProofKey() }))).toBe('ok');
    });

    it('do not come through the browser', async () => {
      const strict = await BoundParty.register(one, {
        dpop_bound_access_tokens: true,
        response_types: ['code', 'code token'],
        grant_types: ['authorization_code', 'implicit'],
      });
      const refused = await strict.party.authorize({ response_type: 'code token' });
      expect(refused.get('error')).toBe('unauthorized_client');
    });
  });

  describe('a code', () => {
    const request: Record<string, string> = { dpop_jkt: '' };
    beforeEach(() => {
      request.dpop_jkt = client.key.jkt;
    });

    it('that is bound by dpop_jkt needs a proof of that key, and refused requests do not spend it', async () => {
      const code = await client.party.code(request);
      for (let round = 0; round < 2; round++) {
        expect(codeOf(await client.redeem(code, { proof: null }))).toBe(PROOF);
        expect(codeOf(await client.redeem(code, { key: new ProofKey() }))).toBe('400 invalid_grant');
        expect(codeOf(await client.redeem(code, { proof: 'garbage' }))).toBe(PROOF);
      }
      const { json } = await client.redeem(code, { server: two });
      expect(await cnfOf(json.access_token)).toEqual({ jkt: client.key.jkt });
      expect(await client.party.isActive(String(json.refresh_token))).toBe(true);
    });

    it('is bound by a proof at the push, too, and both must agree', async () => {
      const other = new ProofKey();
      expect(codeOf(await client.push({ dpop_jkt: other.jkt }))).toBe(PROOF);
      expect(codeOf(await client.push({ dpop_jkt: 'no thumbprint' }))).toBe('400 invalid_request');
      for (const form of [{}, { dpop_jkt: client.key.jkt }] as Record<string, string>[]) {
        const pushed = await client.push(form);
        expect(pushed.status).toBe(201);
        const visit = client.party.pushedAddress(String(pushed.json.request_uri));
        const code = (await new CookieBrowser(one).follow(visit)).get('code') ?? '';
        expect(codeOf(await client.redeem(code, { key: other }))).toBe('400 invalid_grant');
        expect(codeOf(await client.redeem(code, { proof: null }))).toBe(PROOF);
        expect(codeOf(await client.redeem(code))).toBe('ok');
      }
    });

    it('is bound by a pushed proof that counts once and is made for the push', async () => {
      const proof = client.proof('POST', '/oauth2/par');
      expect((await client.push({}, { proof })).status).toBe(201);
      expect(codeOf(await client.push({}, { proof }))).toBe(PROOF);
      expect(codeOf(await client.push({}, { proof: client.proof('POST', '/oauth2/token') }))).toBe(PROOF);
      const again = client.proof('POST', '/oauth2/par');
      expect(codeOf(await client.push({ scope: 'unknown' }, { proof: again }))).toBe('400 invalid_scope');
      expect((await client.push({}, { proof: again })).status).toBe(201); // the refused request spent nothing
    });

    it('redeemed with one proof many times at once gives one set of tokens, which stays active', async () => {
      const code = await client.party.code(request);
      const proof = client.proof('POST', '/oauth2/token');
      const answers = await Promise.all(
        Array.from({ length: MANY }, (_, i) => client.redeem(code, { proof, server: i % 2 ? one : two })),
      );
      const [winner, ...others] = answers.filter(({ status }) => status === 200);
      expect(others).toEqual([]);
      expect(await client.party.isActive(String(winner?.json.access_token))).toBe(true);
    });

    it('is judged before the hook is called', async () => {
      const hooked = await startTestServer(database.dsn, { oauth2: { ...ON, token_hook: hook.url } });
      try {
        const code = await client.party.code(request);
        hook.clear();
        hook.answer = 204;
        expect(codeOf(await client.redeem(code, { key: new ProofKey(), server: hooked }))).toBe('400 invalid_grant');
        expect(hook.requests).toHaveLength(0);
        const { json } = await client.redeem(code, { server: hooked });
        expect(await cnfOf(json.access_token)).toEqual({ jkt: client.key.jkt });
        expect(hook.requests).toHaveLength(1);
        const refreshed = await client.refresh(json.refresh_token, { server: hooked });
        expect(await cnfOf(refreshed.json.access_token)).toEqual({ jkt: client.key.jkt });
      } finally {
        await hooked.stop();
      }
    });
  });

  describe('a refresh token', () => {
    it('of a public client is bound, and refused requests spend and revoke nothing', async () => {
      let { refresh_token: token = '', access_token: access = '' } = await app.tokens();
      expect(await cnfOf(token)).toEqual({ jkt: app.key.jkt });
      for (let generation = 0; generation < 3; generation++) {
        expect(codeOf(await app.refresh(token, { proof: null }))).toBe('400 invalid_grant');
        expect(codeOf(await app.refresh(token, { key: new ProofKey() }))).toBe('400 invalid_grant');
        const { json } = await app.refresh(token, { server: two });
        expect([json.token_type, await cnfOf(json.access_token)]).toEqual(['DPoP', { jkt: app.key.jkt }]);
        [token, access] = [String(json.refresh_token), String(json.access_token)];
      }
      expect(await app.party.isActive(access)).toBe(true);
    });

    it('that was used is no help to somebody without the key: nothing is revoked', async () => {
      const { refresh_token: old = '' } = await app.tokens();
      const { json } = await app.refresh(old);
      expect(codeOf(await app.refresh(old, { proof: null }))).toBe('400 invalid_grant');
      expect(codeOf(await app.refresh(old, { key: new ProofKey() }))).toBe('400 invalid_grant');
      expect(await app.party.isActive(String(json.access_token))).toBe(true);
    });

    it('of a public client that began without a proof is bound by the first one', async () => {
      const { refresh_token } = await app.tokens({ proof: null });
      expect(await cnfOf(refresh_token)).toBeUndefined();
      const { json } = await app.refresh(refresh_token);
      expect(await cnfOf(json.refresh_token)).toEqual({ jkt: app.key.jkt });
      expect(codeOf(await app.refresh(json.refresh_token, { proof: null }))).toBe('400 invalid_grant');
    });

    it('that a thief binds to a key of his own is given away by its next use', async () => {
      for (const owner of [{ proof: null }, {}]) {
        const { refresh_token: stolen } = await app.tokens({ proof: null });
        const { json } = await app.refresh(stolen, { key: new ProofKey() });
        expect(await app.party.isActive(String(json.access_token))).toBe(true);
        expect(codeOf(await app.refresh(stolen, owner))).toBe('400 invalid_grant');
        expect(await app.party.isActive(String(json.access_token))).toBe(false);
        expect(await app.party.isActive(String(json.refresh_token))).toBe(false);
      }
    });

    it('of a client that authenticates may be used with another key, or with none', async () => {
      const { refresh_token } = await client.tokens();
      const key = new ProofKey();
      const second = await client.refresh(refresh_token, { key });
      expect(await cnfOf(second.json.access_token)).toEqual({ jkt: key.jkt });
      const third = await client.refresh(second.json.refresh_token, { proof: null });
      expect([third.json.token_type, await cnfOf(third.json.access_token)]).toEqual(['bearer', undefined]);
    });

    it('is bound in each branch of a graceful rotation', async () => {
      const graceful = await startTestServer(database.dsn, {
        oauth2: { ...ON, grant: { refresh_token: { rotation_grace_period: '1m' } } },
      });
      try {
        const { refresh_token: old } = await app.tokens();
        const answers = [await app.refresh(old, { server: graceful }), await app.refresh(old, { server: graceful })];
        expect(answers.map(codeOf)).toEqual(['ok', 'ok']);
        for (const { json } of answers) {
          expect(await cnfOf(json.refresh_token)).toEqual({ jkt: app.key.jkt });
          expect(codeOf(await app.refresh(json.refresh_token, { proof: null, server: graceful }))).toBe(
            '400 invalid_grant',
          );
          expect(codeOf(await app.refresh(json.refresh_token, { server: graceful }))).toBe('ok');
        }
      } finally {
        await graceful.stop();
      }
    });

    it('that is bound, used with a proof each many times at once over two servers, has one winner', async () => {
      const { refresh_token } = await app.tokens();
      const answers = await Promise.all(
        Array.from({ length: MANY }, (_, i) => app.refresh(refresh_token, { server: i % 2 ? one : two })),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter((answer) => codeOf(answer) === '400 invalid_grant')).toHaveLength(MANY - 1);
    });

    it('with a replayed proof is not spent', async () => {
      const { refresh_token } = await app.tokens();
      const proof = app.proof('POST', '/oauth2/token');
      const first = await app.refresh(refresh_token, { proof });
      expect(codeOf(await app.refresh(first.json.refresh_token, { proof }))).toBe(PROOF);
      expect(codeOf(await app.refresh(first.json.refresh_token))).toBe('ok');
    });
  });

  it('are issued by an assertion, and by the code of a device', async () => {
    const assertion = (await TrustedIssuer.of(one)).assertion();
    const asserted = await client.token({ grant_type: JWT_BEARER, assertion });
    expect(await cnfOf(asserted.json.access_token)).toEqual({ jkt: client.key.jkt });
    const device = (await client.party.startDevice()).json as Record<string, string>;
    const browser = new CookieBrowser(one);
    const page = await browser.go('/oauth2/device/verify');
    const challenge = new URL(page.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
    const path = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
    await browser.walk(
      (await client.party.admin('PUT', path, { user_code: device.user_code })).json.redirect_to as string,
    );
    const form = { grant_type: DEVICE_CODE, device_code: device.device_code ?? '' };
    expect(codeOf(await client.token(form, { proof: 'garbage' }))).toBe(PROOF);
    const polled = await client.token(form);
    expect(await cnfOf(polled.json.access_token)).toEqual({ jkt: client.key.jkt });
  });

  it('are issued by an assertion without a client', async () => {
    const anyone = await startTestServer(database.dsn, {
      oauth2: { ...ON, grant: { jwt: { client_authentication_optional: true } } },
    });
    try {
      const issuer = await TrustedIssuer.of(anyone);
      const proof = client.proof('POST', '/oauth2/token');
      const ask = (): Promise<Answer> =>
        send('POST', `${anyone.public}/oauth2/token`, {
          body: new URLSearchParams({ grant_type: JWT_BEARER, assertion: issuer.assertion() }),
          headers: { dpop: proof },
        });
      expect(await cnfOf((await ask()).json.access_token)).toEqual({ jkt: client.key.jkt });
      expect(codeOf(await ask())).toBe(PROOF);
    } finally {
      await anyone.stop();
    }
  });

  describe('at userinfo', () => {
    it('are taken with their proof, which counts once, by the scheme in any case', async () => {
      const { access_token: token = '' } = await client.tokens();
      const proof = client.proof('GET', '/userinfo', { token });
      expect((await client.resource(token, { proof })).json.sub).toBe('alice');
      expect((await client.resource(token, { proof })).status).toBe(401);
      expect((await client.resource(token, { proof, server: two })).status).toBe(401);
      expect((await client.resource(token, { scheme: 'dPoP' })).status).toBe(200);
      expect((await client.resource(token, { method: 'POST' })).status).toBe(200);
    });

    it('used many times at once with one proof are taken once', async () => {
      const { access_token: token = '' } = await client.tokens();
      const proof = client.proof('GET', '/userinfo', { token });
      const answers = await Promise.all(
        Array.from({ length: MANY }, (_, i) => client.resource(token, { proof, server: i % 2 ? one : two })),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(MANY - 1);
    });

    it.each<[string, string, (token: string) => Promise<Answer>]>([
      ['without a proof', 'DPoP error="invalid_dpop_proof"', (token) => client.resource(token, { proof: null })],
      [
        'with another key',
        'DPoP error="invalid_dpop_proof"',
        (token) => client.resource(token, { key: new ProofKey() }),
      ],
      [
        'with a proof for another token',
        'DPoP error="invalid_dpop_proof"',
        (token) => client.resource(token, { token: 'another' }),
      ],
      [
        'with a proof for another address',
        'DPoP error="invalid_dpop_proof"',
        (token) => client.resource(token, { claims: { htu: 'http://id.example/oauth2/token' } }),
      ],
      [
        'by the scheme Bearer',
        'Bearer error="invalid_token"',
        (token) => client.resource(token, { scheme: 'Bearer', proof: null }),
      ],
      [
        'by the scheme Bearer with a proof',
        'Bearer error="invalid_token"',
        (token) => client.resource(token, { scheme: 'Bearer' }),
      ],
      [
        'in the form',
        'Bearer error="invalid_token"',
        (token) => send('POST', `${one.public}/userinfo`, { body: new URLSearchParams({ access_token: token }) }),
      ],
      ['altered', 'DPoP error="invalid_token"', (token) => client.resource(`${token.slice(0, -4)}AAAA`)],
    ])('are refused %s', async (_, challenge, ask) => {
      const { access_token: token = '' } = await client.tokens();
      const refused = await ask(token);
      const said = refused.headers.get('www-authenticate') ?? '';
      expect([refused.status, refused.json.sub]).toEqual([401, undefined]);
      expect(said.startsWith(challenge)).toBe(true);
      expect(said).toContain('algs="ES256 ES384 ES512 EdDSA Ed25519 PS256 PS384 PS512"');
    });

    it('with another key are counted as refused proofs, as are pushes for another key', async () => {
      const counted = async (): Promise<number> => {
        const { text } = await send('GET', `${one.admin}/metrics/prometheus`);
        return Number(/^ostiary_events_total{type="dpop.rejected",reason="key".*} (\d+)$/m.exec(text)?.[1] ?? 0);
      };
      const { access_token: token = '' } = await client.tokens();
      const before = await counted();
      expect((await client.resource(token, { key: new ProofKey() })).status).toBe(401);
      expect(await counted()).toBe(before + 1);
      expect(codeOf(await client.push({ dpop_jkt: new ProofKey().jkt }))).toBe(PROOF);
      expect(await counted()).toBe(before + 2);
    });

    it('are told apart from bearer tokens, which the scheme DPoP refuses', async () => {
      const { access_token: token = '' } = await client.tokens({ proof: null });
      expect((await client.resource(token, { scheme: 'Bearer', proof: null })).status).toBe(200);
      const refused = await client.resource(token);
      expect([refused.status, refused.json.error]).toEqual([401, 'invalid_token']);
    });

    it('without any token both schemes are offered', async () => {
      const { status, headers } = await send('GET', `${one.public}/userinfo`);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="ostiary", DPoP algs="ES256 /);
    });

    it('and at the credentials endpoint alike', async () => {
      const { access_token: token = '' } = await client.tokens();
      const at = { path: '/credentials', method: 'POST' };
      expect((await client.resource(token, { ...at, scheme: 'Bearer', proof: null })).status).toBe(401);
      expect((await client.resource(token, { ...at, proof: null })).status).toBe(401);
      const asked = await client.resource(token, at);
      expect([asked.status, asked.json.error]).toEqual([400, 'invalid_request']); // the token is taken, the body is not
    });

    it('end with their grant', async () => {
      const { access_token: token = '' } = await client.tokens();
      await client.party.revoke(token);
      expect((await client.resource(token)).status).toBe(401);
    });
  });

  it('stay bound while proofs are switched off, and need them again', async () => {
    const { access_token: token = '', refresh_token } = await app.tokens();
    const off = await startTestServer(database.dsn);
    try {
      expect((await app.resource(token, { server: off })).status).toBe(401);
      expect((await app.resource(token, { server: off, scheme: 'Bearer' })).status).toBe(401);
      expect(codeOf(await app.refresh(refresh_token, { server: off }))).toBe('400 invalid_grant');
    } finally {
      await off.stop();
    }
    expect((await app.resource(token)).status).toBe(200);
    expect(codeOf(await app.refresh(refresh_token))).toBe('ok');
  });

  it('survive the rotation of the system secret', async () => {
    const { access_token: token = '', refresh_token } = await app.tokens();
    const rotated = await startTestServer(database.dsn, {
      oauth2: ON,
      secrets: { system: ['a newer system secret of the tests', 'a system secret of the tests'] },
    });
    try {
      expect((await app.resource(token, { server: rotated })).status).toBe(200);
      expect(codeOf(await app.refresh(refresh_token, { server: rotated, proof: null }))).toBe('400 invalid_grant');
      expect(codeOf(await app.refresh(refresh_token, { server: rotated }))).toBe('ok');
    } finally {
      await rotated.stop();
    }
  });

  it('may be replayed where the operator dropped the marks', async () => {
    const lenient = await startTestServer(database.dsn, { oauth2: { dpop: { enabled: true, replay: 'off' } } });
    try {
      const proof = client.proof('POST', '/oauth2/token');
      expect(codeOf(await client.clientCredentials({ proof, server: lenient }))).toBe('ok');
      expect(codeOf(await client.clientCredentials({ proof, server: lenient }))).toBe('ok');
      const { access_token: token = '' } = await app.tokens({ server: lenient });
      const seen = app.proof('GET', '/userinfo', { token });
      expect((await app.resource(token, { proof: seen, server: lenient })).status).toBe(200);
      expect((await app.resource(token, { proof: seen, server: lenient })).status).toBe(200);
      expect((await app.resource(token, { key: new ProofKey(), server: lenient })).status).toBe(401);
    } finally {
      await lenient.stop();
    }
  });

  describe('with nonces', () => {
    let strict: TestServer;
    beforeAll(async () => {
      strict = await startTestServer(database.dsn, { oauth2: { ...ON, dpop: { enabled: true, nonce: 'required' } } });
    });
    afterAll(() => strict.stop());

    it('each endpoint offers one, which all of them take, and the refused request spent nothing', async () => {
      const code = await client.party.code();
      const first = await client.redeem(code, { server: strict });
      expect(codeOf(first)).toBe('400 use_dpop_nonce');
      expect(first.headers.get('cache-control')).toContain('no-store');
      const nonce = first.headers.get('dpop-nonce') ?? '';
      const pushed = await client.push({}, { server: strict });
      expect([codeOf(pushed), pushed.headers.get('dpop-nonce')?.length]).toEqual(['400 use_dpop_nonce', nonce.length]);
      expect((await client.push({}, { server: strict, nonce })).status).toBe(201);
      const redeemed = await client.redeem(code, { server: strict, nonce });
      expect(codeOf(redeemed)).toBe('ok');
      const token = String(redeemed.json.access_token);
      const asked = await client.resource(token, { server: strict });
      expect([asked.status, asked.json.error]).toEqual([401, 'use_dpop_nonce']);
      expect(asked.headers.get('www-authenticate')).toMatch(/^DPoP error="use_dpop_nonce"/);
      const answered = await client.resource(token, { server: strict, nonce: asked.headers.get('dpop-nonce') ?? '' });
      expect(answered.status).toBe(200);
    });

    it('a proof with a nonce counts once, however old it says it is', async () => {
      const nonce = (await client.clientCredentials({ server: strict })).headers.get('dpop-nonce') ?? '';
      const proof = client.proof('POST', '/oauth2/token', { nonce, claims: { iat: 5 } });
      expect(codeOf(await client.clientCredentials({ proof, server: strict }))).toBe('ok');
      expect(codeOf(await client.clientCredentials({ proof, server: strict }))).toBe(PROOF);
    });
  });

  describe('for pages in a browser', () => {
    const origin = 'https://app.example';

    it('a preflight allows the header, and answers show the nonce and the challenge', async () => {
      const cors = await startTestServer(database.dsn, {
        oauth2: ON,
        serve: { public: { cors: { enabled: true, allowed_origins: [origin] } } },
      });
      try {
        const preflight = await send('OPTIONS', `${cors.public}/oauth2/token`, {
          headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'dpop' },
        });
        expect(preflight.headers.get('access-control-allow-headers')).toBe('dpop');
        const { headers } = await send('GET', `${cors.public}/userinfo`, { headers: { origin } });
        const shown = headers.get('access-control-expose-headers') ?? '';
        expect(shown).toContain('DPoP-Nonce');
        expect(shown).toContain('WWW-Authenticate');
      } finally {
        await cors.stop();
      }
    });
  });

  /** Refused, never a fault of the server; and a right proof counts afterwards. */
  it('are refused to any garbage in place of a proof', async () => {
    const good = client.proof('POST', '/oauth2/token');
    const parts = good.split('.');
    const texts = [
      '',
      '.',
      '..',
      '...',
      'null',
      '[]',
      '{}',
      '0',
      '"',
      'e30',
      'W10',
      'bnVsbA',
      '%00',
      'AA==',
      '-_',
      'x'.repeat(9_000),
    ];
    const swapped = texts.flatMap((text) =>
      parts.map((_, at) => parts.map((part, i) => (i === at ? text : part)).join('.')),
    );
    const cut = Array.from({ length: 60 }, (_, i) => good.slice(0, Math.floor((good.length * i) / 60)));
    const flipped = Array.from({ length: 60 }, (_, i) => {
      const at = Math.floor((good.length * i) / 60);
      return `${good.slice(0, at)}${good[at] === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`;
    });
    const values: unknown[] = [null, true, 0, -1, 1e308, '', 'x', [], {}, ['x'], { a: 1 }, '\u0000', '\ud800'];
    const typed = ['jti', 'htm', 'htu', 'iat', 'exp', 'nbf'].flatMap((name) =>
      values.map((value) => client.proof('POST', '/oauth2/token', { claims: { [name]: value } })),
    );
    const heads = ['typ', 'alg', 'jwk', 'crit', 'b64'].flatMap((name) =>
      values.map((value) => client.proof('POST', '/oauth2/token', { header: { [name]: value } })),
    );
    const members = ['kty', 'crv', 'x', 'y'].flatMap((name) =>
      values.map((value) =>
        client.proof('POST', '/oauth2/token', { header: { jwk: { ...client.key.jwk, [name]: value } } }),
      ),
    );
    const taken = new Set<string>();
    for (const proof of [...texts, ...swapped, ...cut, ...flipped, ...typed, ...heads, ...members]) {
      const answer = await client.clientCredentials({ proof });
      if (answer.status === 200) taken.add(proof);
      else expect(codeOf(answer)).toBe(PROOF);
    }
    // exp and nbf may be any number, and a jti any text
    expect(taken.size).toBeLessThan(20);
    expect(codeOf(await client.clientCredentials({ proof: good }))).toBe('ok');
  });

  it('do not leak a proof into an error', async () => {
    const proof = client.proof('POST', '/oauth2/token', {
      claims: { htu: 'http://evil.example/a-secret', jti: 'a-secret' },
    });
    const { text } = await client.clientCredentials({ proof });
    expect(text).not.toContain('a-secret');
    expect(text).not.toContain(proof.slice(0, 20));
  });

  it('are unknown to a party without the feature: the header means nothing', async () => {
    const off = await startTestServer(database.dsn);
    try {
      const plain = await RelyingParty.register(off);
      const answer = await send('POST', `${off.public}/oauth2/token`, {
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: await plain.code({ dpop_jkt: 'x' }),
          redirect_uri: CALLBACK,
        }),
        headers: { ...plain.credentials, dpop: 'garbage' },
      });
      expect(answer.json.token_type).toBe('bearer');
    } finally {
      await off.stop();
    }
  });
});
