/** Token exchange (RFC 8693), over HTTP: what may be exchanged, by whom, and for what. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../../../src/protocol/constants.js';
import {
  actorForm,
  API,
  exchange,
  exchanged,
  introspect,
  ownToken,
  service,
  TOKEN_TYPES,
  tokensFor,
  webApp,
} from '../../support/exchange.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

const ONE_TEXT = /The 'subject_token' is unknown, expired, revoked or of another type/;

describe('token exchange', () => {
  let database: TestDatabase;
  let server: TestServer;
  let gateway: RelyingParty;
  let app: RelyingParty;
  let user: Tokens;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      keys: { algorithm: 'ES256' },
      oauth2: {
        token_exchange: { enabled: true },
        resource_indicators: { enabled: true },
        authorization_details: { types: [{ type: 'account' }, { type: 'payment' }] },
      },
      oidc: {
        subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-the-tests' } },
      },
    });
    gateway = await service(server, { audience: [API] });
    app = await webApp(server, [gateway]);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });
  beforeEach(async () => {
    user = await tokensFor(app, [gateway]);
  });

  function refused({ status, json }: Answer, error: string, hint?: RegExp): void {
    expect([status, json.error, json.access_token]).toEqual([400, error, undefined]);
    if (hint) expect(json.error_description).toMatch(hint);
  }

  it('gives the client a token of its own for the same person, which lives no longer (§2.2.1)', async () => {
    const { json, headers } = await exchange(gateway, user.access_token);
    expect(json).toMatchObject({ issued_token_type: TOKEN_TYPES.accessToken, token_type: 'bearer' });
    expect(Object.keys(json).sort()).toEqual([
      'access_token',
      'expires_in',
      'issued_token_type',
      'scope',
      'token_type',
    ]);
    expect(headers.get('cache-control')).toContain('no-store');
    const [before, after] = [
      await introspect(app, user.access_token),
      await introspect(gateway, String(json.access_token)),
    ];
    expect(after).toMatchObject({ active: true, sub: 'alice', client_id: gateway.clientId, aud: [] });
    expect(after.act).toEqual({ sub: gateway.clientId });
    expect(Number(after.exp)).toBeLessThanOrEqual(Number(before.exp));
    expect(before.active).toBe(true);
  });

  it('lets actors nest, the newest outermost, and at most ten of them (§4.1)', async () => {
    let token = user.access_token;
    for (let count = 0; count < 10; count++) token = (await exchanged(gateway, token)).access_token;
    let depth = 0;
    for (let act = (await introspect(gateway, token)).act; act; act = (act as { act?: unknown }).act) depth++;
    expect(depth).toBe(10);
    refused(await exchange(gateway, token), 'invalid_request', /exchanged too often/);
  });

  it('names the actor of an actor token, and nests what was before', async () => {
    const backend = await service(server);
    const actor = actorForm(await ownToken(backend));
    const first = await exchanged(
      gateway,
      (await tokensFor(await webApp(server, [gateway, backend]), [gateway, backend])).access_token,
    );
    expect((await introspect(gateway, first.access_token)).act).toEqual({ sub: gateway.clientId });
    const forBackend = await webApp(server, [backend]);
    const { access_token: token } = await exchanged(
      backend,
      (await tokensFor(forBackend, [backend])).access_token,
      actor,
    );
    expect((await introspect(backend, token)).act).toEqual({ sub: backend.clientId });
  });

  it.each([
    ['a client', (of: RelyingParty) => ownToken(of), (of: RelyingParty) => of.clientId],
    ['a person', async (of: RelyingParty) => (await of.tokens({ scope: 'read' })).access_token, () => 'alice'],
    [
      'a person, by an ID token',
      async (of: RelyingParty) => (await of.tokens({ scope: 'openid' })).id_token,
      () => 'alice',
    ],
  ])('takes an actor token of %s', async (_, mint, sub) => {
    const token = await mint(gateway);
    const type = token.startsWith('ey') ? TOKEN_TYPES.idToken : TOKEN_TYPES.accessToken;
    const { access_token: result } = await exchanged(gateway, user.access_token, actorForm(token, type));
    expect((await introspect(gateway, result)).act).toEqual({ sub: sub(gateway) });
  });

  it.each<[string, () => Promise<string>]>([
    ['of another client', async () => ownToken(await service(server))],
    [
      'that was revoked',
      async () => {
        const token = await ownToken(gateway);
        await gateway.revoke(token);
        return token;
      },
    ],
    ['that nobody issued', () => Promise.resolve('ory_at_nothing.nothing')],
    ['that is a refresh token', async () => (await gateway.tokens({ scope: 'offline_access' })).refresh_token],
  ])('refuses an actor token %s', async (_, mint) => {
    refused(await exchange(gateway, user.access_token, actorForm(await mint())), 'invalid_request', /'actor_token'/);
    expect(await gateway.isActive(user.access_token)).toBe(true);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['without subject_token', { subject_token: undefined }],
    ['without its type', { subject_token_type: undefined }],
    ['of the type refresh_token', { subject_token_type: TOKEN_TYPES.refreshToken }],
    ['of the type saml2', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }],
    ['with an actor token alone', { actor_token: 'ory_at_x.y' }],
    ['with the type of an actor token alone', { actor_token_type: TOKEN_TYPES.accessToken }],
    ['for an ID token', { requested_token_type: TOKEN_TYPES.idToken }],
    ['for something unknown', { requested_token_type: 'jwt' }],
    ['with a token of 20,000 characters', { subject_token: `ory_at_${'A'.repeat(20_000)}` }],
    ['with an access token as ID token', { subject_token_type: TOKEN_TYPES.idToken }],
    ['with an opaque token as JWT', { subject_token_type: TOKEN_TYPES.jwt }],
  ])('refuses a request %s', async (_, over) => {
    const form: Record<string, string | undefined> = {
      grant_type: TOKEN_EXCHANGE,
      subject_token: user.access_token,
      subject_token_type: TOKEN_TYPES.accessToken,
    };
    const sent = Object.entries({ ...form, ...over }).filter((pair): pair is [string, string] => pair[1] !== undefined);
    refused(await gateway.token(Object.fromEntries(sent)), 'invalid_request');
  });

  it('tells nobody which tokens exist: one text for unknown, foreign, revoked and altered ones (§5)', async () => {
    const stranger = await service(server);
    const gone = await tokensFor(app, [gateway]);
    await app.revoke(gone.access_token);
    const answers = [
      await exchange(stranger, user.access_token),
      await exchange(gateway, gone.access_token),
      await exchange(gateway, 'ory_at_nothing.nothing'),
      await exchange(gateway, `${user.access_token.slice(0, -3)}abc`),
      await exchange(gateway, user.refresh_token),
      await exchange(gateway, user.id_token, { subject_token_type: TOKEN_TYPES.idToken }),
      await exchange(gateway, user.id_token),
    ];
    for (const answer of answers) refused(answer, 'invalid_request', ONE_TEXT);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('refuses the token of a deleted client, and a client without the grant or a proof of itself', async () => {
    const passing = await webApp(server, [gateway]);
    const { access_token: token } = await tokensFor(passing, [gateway]);
    await passing.admin('DELETE', `/clients/${passing.clientId}`);
    refused(await exchange(gateway, token), 'invalid_request', ONE_TEXT);
    refused(await exchange(app, user.access_token), 'unauthorized_client');
    expect((await exchange(gateway.withSecret('wrong'), user.access_token)).json.error).toBe('invalid_client');
  });

  it('refuses a public client, at registration and at the exchange', async () => {
    const open = { token_endpoint_auth_method: 'none', grant_types: [TOKEN_EXCHANGE] };
    await expect(service(server, open)).rejects.toThrow('invalid_client_metadata');
    await expect(
      send('POST', `${server.public}/oauth2/register`, { body: JSON.stringify({ grant_types: [TOKEN_EXCHANGE] }) }),
    ).resolves.not.toMatchObject({ status: 201 });
  });

  it('lets the client of a token exchange it itself', async () => {
    const own = await gateway.tokens({ scope: 'read' });
    const { access_token: token } = await exchanged(gateway, own.access_token);
    expect(await introspect(gateway, token)).toMatchObject({ sub: 'alice', act: { sub: gateway.clientId } });
  });

  describe('scope', () => {
    it('narrows, and never goes beyond the subject token or the client (§2.1)', async () => {
      const reader = await service(server, { scope: 'read email' });
      const { access_token: token } = await tokensFor(await webApp(server, [reader]), [reader], {
        scope: 'openid read write',
      });
      expect((await exchanged(reader, token)).scope).toBe('read');
      expect((await exchanged(reader, token, { scope: 'read' })).scope).toBe('read');
      for (const scope of ['email', 'write', 'read admin', 'offline_access']) {
        refused(await exchange(reader, token, { scope }), 'invalid_scope');
      }
    });

    it('does not come back once it was dropped', async () => {
      const { access_token: narrow } = await exchanged(gateway, user.access_token, { scope: 'read' });
      refused(await exchange(gateway, narrow, { scope: 'openid' }), 'invalid_scope');
      refused(await exchange(gateway, narrow, { requested_token_type: TOKEN_TYPES.refreshToken }), 'invalid_request');
      expect((await exchanged(gateway, narrow)).scope).toBe('read');
    });
  });

  describe('audience and resource', () => {
    it.each<Record<string, string>>([{ audience: API }, { resource: `${API}/orders` }])(
      'may be what the client registered: %o',
      async (form) => {
        const { access_token: token } = await exchanged(gateway, user.access_token, form);
        expect((await introspect(gateway, token)).aud).toEqual(Object.values(form));
      },
    );

    it.each<Record<string, string>>([
      { audience: 'https://foreign.example' },
      { resource: 'https://foreign.example' },
      { resource: 'relative' },
      { resource: `${API}#part` },
    ])('are nothing else, not even another client: %o', async (form) => {
      refused(await exchange(gateway, user.access_token, form), 'invalid_target');
      refused(await exchange(gateway, user.access_token, { audience: app.clientId }), 'invalid_target');
    });
  });

  describe('authorization details (RFC 9396 §6)', () => {
    const all = [{ type: 'account', actions: ['read', 'write'] }, { type: 'payment' }];
    const asked = { authorization_details: JSON.stringify(all) };

    it('narrow as scope does, from both sides', async () => {
      const limited = await service(server, { authorization_details_types: ['account'] });
      const party = await webApp(server, [limited]);
      const { access_token: token } = await tokensFor(party, [limited], asked, { grant_authorization_details: all });
      const details = async (form?: Record<string, string>) =>
        (await introspect(limited, (await exchanged(limited, token, form)).access_token)).authorization_details;
      expect(await details()).toEqual([all[0]]);
      const less = [{ type: 'account', actions: ['read'] }];
      expect(await details({ authorization_details: JSON.stringify(less) })).toEqual(less);
      for (const wrong of [[{ type: 'account', actions: ['delete'] }], [{ type: 'payment' }], [{ type: 'other' }]]) {
        const form = { authorization_details: JSON.stringify(wrong) };
        refused(await exchange(limited, token, form), 'invalid_authorization_details');
      }
    });
  });

  describe('may_act (§4.4)', () => {
    const saying = (may_act: unknown) => ({
      session: { access_token: { may_act, dept: 'sales', act: { sub: 'forged' } } },
    });
    const tokenSaying = async (may_act: unknown) => (await tokensFor(app, [gateway], {}, saying(may_act))).access_token;

    it('lets those act whom it names, even if the token is not meant for them', async () => {
      const named = await service(server);
      const token = await tokenSaying({ sub: named.clientId });
      const { access_token: result } = await exchanged(named, token);
      const said = await introspect(named, result);
      expect(said).toMatchObject({
        act: { sub: named.clientId },
        may_act: { sub: named.clientId },
        ext: { dept: 'sales' },
      });
      refused(await exchange(gateway, token), 'invalid_request', ONE_TEXT);
      refused(await exchange(gateway, result), 'invalid_request', ONE_TEXT);
    });

    it('demands every member that identifies, and a name', async () => {
      const sub = gateway.clientId;
      for (const may of [
        { sub, client_id: sub },
        { sub, iss: ISSUER },
        { sub, email: 'x' },
      ]) {
        await exchanged(gateway, await tokenSaying(may));
      }
      for (const may of [
        { sub, client_id: 'x' },
        { sub, iss: 'https://x.example' },
        { client_id: sub },
        {},
        [sub],
        sub,
        null,
      ]) {
        refused(await exchange(gateway, await tokenSaying(may)), 'invalid_request', ONE_TEXT);
      }
    });

    it('is about the actor where there is an actor token', async () => {
      const person = (await gateway.tokens({ scope: 'read' }, {})).access_token;
      const token = await tokenSaying({ sub: 'alice', client_id: gateway.clientId });
      const { access_token: result } = await exchanged(gateway, token, actorForm(person));
      expect((await introspect(gateway, result)).act).toEqual({ sub: 'alice' });
      refused(await exchange(gateway, token, actorForm(await ownToken(gateway))), 'invalid_request', ONE_TEXT);
    });

    it('is told where it holds, and act is nothing that the consent app says', async () => {
      const said = await introspect(app, await tokenSaying({ sub: gateway.clientId }));
      expect(said).toMatchObject({ may_act: { sub: gateway.clientId }, ext: { dept: 'sales' } });
      expect([said.act, (said.ext as Record<string, unknown>).act]).toEqual([undefined, undefined]);
    });
  });

  describe('JWTs', () => {
    it('carry act and client_id, and may be exchanged as access tokens and as JWTs (§4.1)', async () => {
      const { json } = await exchange(gateway, user.access_token, { requested_token_type: TOKEN_TYPES.jwt });
      expect(json.issued_token_type).toBe(TOKEN_TYPES.jwt);
      const token = String(json.access_token);
      expect(decodeJwt(token)).toMatchObject({
        sub: 'alice',
        client_id: gateway.clientId,
        act: { sub: gateway.clientId },
      });
      for (const subject_token_type of [TOKEN_TYPES.accessToken, TOKEN_TYPES.jwt]) {
        const { access_token: next } = await exchanged(gateway, token, { subject_token_type });
        expect(decodeJwt(token).exp).toBeGreaterThanOrEqual(Number((await introspect(gateway, next)).exp));
      }
      refused(await exchange(await service(server), token), 'invalid_request', ONE_TEXT);
      await gateway.revoke(token);
      refused(await exchange(gateway, token), 'invalid_request', ONE_TEXT);
    });
  });

  describe('ID tokens', () => {
    const asIdToken = { subject_token_type: TOKEN_TYPES.idToken };

    it('are exchanged by the client in their audience, for what it may ask for, but nothing of a login', async () => {
      const { id_token: token } = await gateway.tokens({ scope: 'openid offline_access' });
      const result = await exchanged(gateway, token, asIdToken);
      expect([result.scope, result.refresh_token]).toEqual(['read write', undefined]);
      expect(await introspect(gateway, result.access_token)).toMatchObject({
        sub: 'alice',
        act: { sub: gateway.clientId },
      });
      for (const scope of ['openid', 'offline_access', 'photos']) {
        refused(await exchange(gateway, token, { ...asIdToken, scope }), 'invalid_scope');
      }
      refused(await exchange(gateway, user.id_token, asIdToken), 'invalid_request', ONE_TEXT);
    });

    it('end with their grant, and so do the tokens that they were exchanged for', async () => {
      const { id_token: token, access_token: access } = await gateway.tokens({ scope: 'openid' });
      const result = await exchanged(gateway, token, asIdToken);
      await gateway.revoke(access);
      expect(await gateway.isActive(result.access_token)).toBe(false);
      refused(await exchange(gateway, token, asIdToken), 'invalid_request', ONE_TEXT);
    });
  });

  describe('JWTs of trusted issuers', () => {
    const asJwt = { subject_token_type: TOKEN_TYPES.jwt };
    let issuer: TrustedIssuer;
    beforeAll(async () => {
      issuer = await TrustedIssuer.of(server, { scope: ['read'] });
    });
    const aud = (assertion: string, to: RelyingParty) => [String(decodeJwt(assertion).aud), to.clientId];
    const for_ = (to: RelyingParty, over = {}) => issuer.assertion({ aud: aud(issuer.assertion(), to), ...over });

    it('are taken once, from those whom they name, within what the issuer may vouch for', async () => {
      const token = for_(gateway, { act: { sub: 'robot', exp: 1 } });
      const result = await exchanged(gateway, token, asJwt);
      expect(result.scope).toBe('read');
      expect(await introspect(gateway, result.access_token)).toMatchObject({
        ...{ sub: 'bob', client_id: gateway.clientId },
        act: { sub: gateway.clientId, act: { sub: 'robot' } },
      });
      expect((await exchange(gateway, token, asJwt)).json.error).toBe('jti_known');
      refused(await exchange(gateway, for_(gateway), { ...asJwt, scope: 'write' }), 'invalid_scope');
      refused(await exchange(gateway, for_(gateway, { act: 'robot' }), asJwt), 'invalid_request', /'act'/);
    });

    it('are refused from everybody else, unless it may use them as a grant (RFC 7523 §2.1)', async () => {
      refused(await exchange(gateway, issuer.assertion(), asJwt), 'invalid_request', ONE_TEXT);
      const bearer = await service(server, { grant_types: [TOKEN_EXCHANGE, JWT_BEARER] });
      await exchanged(bearer, issuer.assertion(), asJwt);
    });

    it('spend nothing when they are refused', async () => {
      const token = for_(gateway);
      refused(await exchange(gateway, token, { ...asJwt, audience: 'https://foreign.example' }), 'invalid_target');
      await exchanged(gateway, token, asJwt);
    });

    it.each<[string, () => string]>([
      ['of an issuer that is not trusted', () => new TrustedIssuer().assertion()],
      ['for another server', () => issuer.assertion({ aud: 'https://other.example/token' })],
      ['that has expired', () => for_(gateway, { exp: 1 })],
      ['of another kind', () => issuer.assertion({}, { typ: 'at+jwt' })],
    ])('are refused %s', async (_, mint) => {
      refused(await exchange(gateway, mint(), asJwt), 'invalid_request');
    });
  });

  it('names a person as the new client knows it, if that has pairwise subjects', async () => {
    const private_ = await service(server, { subject_type: 'pairwise', redirect_uris: ['https://p.example/cb'] });
    const { access_token: token } = await tokensFor(await webApp(server, [private_]), [private_]);
    const { access_token: result } = await exchanged(private_, token);
    const said = await introspect(private_, result);
    expect(said.sub).toBe('alice');
    expect(said.obfuscated_subject).toMatch(/^.{20,}$/);
  });
});
