/** Token exchange (RFC 8693), over HTTP: what ends an exchanged token, its refresh tokens, its proofs, and hooks. */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BoundParty } from '../../support/bound-party.js';
import {
  actorForm,
  exchange,
  exchanged,
  exchangeForm,
  introspect,
  ownToken,
  service,
  TOKEN_TYPES,
  tokensFor,
  webApp,
} from '../../support/exchange.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const FOR_LONG = { requested_token_type: TOKEN_TYPES.refreshToken };

describe('the life of exchanged tokens', () => {
  let database: TestDatabase;
  let server: TestServer;
  let gateway: RelyingParty;
  let backend: RelyingParty;
  let app: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      oauth2: { token_exchange: { enabled: true }, dpop: { enabled: true } },
    });
    backend = await service(server);
    gateway = await service(server, { audience: [backend.clientId] });
    app = await webApp(server, [gateway]);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const states = (...tokens: string[]): Promise<boolean[]> => Promise.all(tokens.map((one) => gateway.isActive(one)));
  /** user token → gateway → backend. */
  async function chain(subject: string): Promise<[second: string, third: string]> {
    const second = (await exchanged(gateway, subject, { audience: backend.clientId })).access_token;
    return [second, (await exchanged(backend, second)).access_token];
  }
  const revokeChain = (by: RelyingParty, token: string) =>
    send('POST', `${server.public}/oauth2/revoke`, {
      body: new URLSearchParams({ token, revoke: 'chain' }),
      headers: by.credentials,
    });

  it.each<[string, (user: Tokens, subject: string) => Promise<unknown>]>([
    [
      'the consent is revoked',
      (_, subject) => app.admin('DELETE', `/oauth2/auth/sessions/consent?subject=${subject}&all=true`),
    ],
    ['the client revokes its access token', (user) => app.revoke(user.access_token)],
    ['the client revokes its refresh token', (user) => app.revoke(user.refresh_token)],
    ['the client revokes the chain by its access token', (user) => revokeChain(app, user.access_token)],
    ['the client revokes the chain by its refresh token', (user) => revokeChain(app, user.refresh_token)],
    [
      'the administrator revokes the grant',
      async (_, subject) => {
        const { text } = await app.admin('GET', `/oauth2/grants?subject=${subject}`);
        const [grant] = JSON.parse(text) as { id: string }[];
        return app.admin('DELETE', `/oauth2/grants/${grant?.id ?? ''}`);
      },
    ],
    [
      'the administrator ends the access tokens of the client',
      () => app.admin('DELETE', `/oauth2/tokens?client_id=${app.clientId}`),
    ],
  ])('all end when %s', async (_, end) => {
    const subject = `person-${Math.random()}`;
    const code = await app
      .code({ scope: 'openid offline_access read', audience: gateway.clientId }, {})
      .catch(() => '');
    expect(code).not.toBe('');
    const user = await loggedIn(subject);
    const [second, third] = await chain(user.access_token);
    expect(await states(second, third)).toEqual([true, true]);
    await end(user, subject);
    expect(await states(user.access_token, second, third)).toEqual([false, false, false]);
  });

  it('all end with the client of any of them', async () => {
    const passing = await webApp(server, [gateway]);
    const [second, third] = await chain((await tokensFor(passing, [gateway])).access_token);
    await passing.admin('DELETE', `/clients/${passing.clientId}`);
    expect(await states(second, third)).toEqual([false, false]);
    const middle = await service(server, { audience: [backend.clientId] });
    const user = await tokensFor(await webApp(server, [middle]), [middle]);
    const two = (await exchanged(middle, user.access_token, { audience: backend.clientId })).access_token;
    const three = (await exchanged(backend, two)).access_token;
    await middle.admin('DELETE', `/clients/${middle.clientId}`);
    expect(await states(user.access_token, two, three)).toEqual([true, false, false]);
  });

  it('end with a token that belongs to no grant, as far as they come from it', async () => {
    const machine = await RelyingParty.register(server, { audience: [gateway.clientId], scope: 'read' });
    const form = { audience: gateway.clientId, scope: 'read' };
    const [one, other] = [await ownToken(machine, form), await ownToken(machine, form)];
    const [second, third] = await chain(one);
    const [apart] = await chain(other);
    expect(await introspect(gateway, third)).toMatchObject({
      ...{ sub: machine.clientId, client_id: backend.clientId },
      act: { sub: backend.clientId, act: { sub: gateway.clientId } },
    });
    await machine.revoke(one);
    expect(await states(one, second, third, other, apart)).toEqual([false, false, false, true, true]);
    const [again, andAgain] = await chain(other);
    await gateway.revoke(again);
    expect(await states(other, again, andAgain, apart)).toEqual([true, false, false, true]);
    await machine.admin('DELETE', `/clients/${machine.clientId}`);
    expect(await states(apart)).toEqual([false]);
  });

  it('are revoked by the client that got them, which ends nothing of the person at another client', async () => {
    const user = await tokensFor(app, [gateway]);
    const [second, third] = await chain(user.access_token);
    const sibling = (await exchanged(gateway, user.access_token)).access_token;
    await gateway.revoke(second);
    expect(await states(user.access_token, user.refresh_token, sibling, second, third)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('outlive the refresh of the token that they come from, but not its expiry', async () => {
    const user = await tokensFor(app, [gateway]);
    const [second] = await chain(user.access_token);
    await app.refresh(user.refresh_token);
    expect(await states(user.access_token, second)).toEqual([false, true]);
  });

  describe('refresh tokens', () => {
    let user: Tokens;
    beforeEach(async () => {
      user = await tokensFor(app, [gateway], { scope: 'openid offline_access read write' });
    });

    it.each([FOR_LONG, { scope: 'read offline_access' }])(
      'are given where they are asked for and granted: %o',
      async (form) => {
        const { refresh_token: token } = await exchanged(gateway, user.access_token, form);
        expect(token).toMatch(/^ory_rt_/);
        expect(await introspect(gateway, token)).toMatchObject({ client_id: gateway.clientId, sub: 'alice' });
      },
    );

    it('keep scope, audience and actor, and never get more', async () => {
      const { refresh_token: token } = await exchanged(gateway, user.access_token, {
        ...FOR_LONG,
        ...{ scope: 'read', audience: backend.clientId },
      });
      const next = (await gateway.refresh(token)).json as unknown as Tokens;
      expect(next.scope).toBe('read');
      expect(await introspect(gateway, next.access_token)).toMatchObject({
        ...{ sub: 'alice', client_id: gateway.clientId, scope: 'read', aud: [backend.clientId] },
        act: { sub: gateway.clientId },
      });
      const more = await gateway.refresh(next.refresh_token, { scope: 'read write' });
      expect([more.status, more.json.error]).toEqual([400, 'invalid_scope']);
      const third = await exchanged(backend, next.access_token);
      expect((await introspect(backend, third.access_token)).act).toEqual({
        ...{ sub: backend.clientId, act: { sub: gateway.clientId } },
      });
      await app.revoke(user.access_token);
      expect(await states(next.access_token, next.refresh_token, third.access_token)).toEqual([false, false, false]);
      expect((await gateway.refresh(next.refresh_token)).json.error).toBe('invalid_grant');
    });

    it('belong to the client that exchanged', async () => {
      const { refresh_token: token } = await exchanged(gateway, user.access_token, FOR_LONG);
      for (const other of [app, backend]) expect((await other.refresh(token)).json.error).toBe('invalid_grant');
      await app.revoke(token);
      expect(await states(token)).toEqual([true]);
      expect((await gateway.refresh(token)).status).toBe(200);
    });

    it('end all that was handed on when one comes again, or when they are revoked, and nothing else', async () => {
      for (const end of [(token: string) => gateway.refresh(token), (token: string) => gateway.revoke(token)]) {
        const first = await exchanged(gateway, user.access_token, FOR_LONG);
        const next = (await gateway.refresh(first.refresh_token)).json as unknown as Tokens;
        const last = (await gateway.refresh(next.refresh_token)).json as unknown as Tokens;
        await end(first.refresh_token);
        expect(await states(last.access_token, last.refresh_token)).toEqual([false, false]);
        expect(await states(user.access_token, user.refresh_token)).toEqual([true, true]);
      }
    });

    it('end with the chain of the application, and with the client that has them', async () => {
      const passing = await service(server);
      const party = await webApp(server, [passing]);
      const given = await tokensFor(party, [passing], { scope: 'offline_access read' });
      const [one, two] = [
        await exchanged(passing, given.access_token, FOR_LONG),
        await exchanged(passing, given.access_token, FOR_LONG),
      ];
      const next = (await passing.refresh(one.refresh_token)).json as unknown as Tokens;
      await revokeChain(party, given.refresh_token);
      expect(await states(next.access_token, next.refresh_token, two.refresh_token)).toEqual([false, false, false]);
      await passing.admin('DELETE', `/clients/${passing.clientId}`);
      expect((await passing.refresh(two.refresh_token)).json.error).toBe('invalid_client');
    });

    it('are refused where nobody granted them', async () => {
      const without = await service(server, { grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'] });
      const party = await webApp(server, [without, gateway]);
      const online = await tokensFor(party, [gateway], { scope: 'openid read' });
      const offline = await tokensFor(party, [without], { scope: 'offline_access read' });
      for (const answer of [
        await exchange(gateway, online.access_token, FOR_LONG),
        await exchange(without, offline.access_token, FOR_LONG),
        await exchange(gateway, await ownToken(gateway, { scope: 'offline_access' }), FOR_LONG),
        await exchange(gateway, (await gateway.tokens({ scope: 'openid offline_access' })).id_token, {
          ...FOR_LONG,
          subject_token_type: TOKEN_TYPES.idToken,
        }),
      ]) {
        expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request']);
      }
    });
  });

  it('are bound by the proof of the client that exchanges, whatever the subject token is bound to', async () => {
    const bound = await BoundParty.register(server, { audience: [gateway.clientId], scope: 'read' });
    const subject = String((await bound.clientCredentials({}, { audience: gateway.clientId })).json.access_token);
    expect((await introspect(gateway, subject)).token_type).toBe('DPoP');
    expect((await exchange(gateway, subject)).json.token_type).toBe('bearer');
    const types = ['urn:ietf:params:oauth:grant-type:token-exchange', 'client_credentials'];
    const prover = await BoundParty.register(server, { grant_types: types, scope: 'read' });
    const own = String((await prover.clientCredentials()).json.access_token);
    const proof = prover.proof('POST', '/oauth2/token');
    const ask = () =>
      send('POST', `${server.public}/oauth2/token`, {
        body: new URLSearchParams(exchangeForm(own)),
        headers: { ...prover.party.credentials, dpop: proof },
      });
    const { json } = await ask();
    expect(json.token_type).toBe('DPoP');
    expect((await introspect(gateway, String(json.access_token))).cnf).toEqual({ jkt: prover.key.jkt });
    expect((await ask()).json.error).toBe('invalid_dpop_proof');
  });

  async function loggedIn(subject: string): Promise<Tokens> {
    const browser = new CookieBrowser(server, { login: { subject } });
    const parameters = await browser.follow(
      app.address({ scope: 'openid offline_access read', audience: gateway.clientId }),
    );
    return (await app.redeem(parameters.get('code') ?? '')).json as unknown as Tokens;
  }
});

describe('the token hook at an exchange', () => {
  let database: TestDatabase;
  let hook: Receiver;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    hook = await Receiver.open();
    server = await startTestServer(database.dsn, {
      oauth2: { token_exchange: { enabled: true, impersonation: true }, token_hook: `${hook.url}/hook` },
    });
    hook.answer = 204;
  });
  afterAll(async () => {
    await server.stop();
    await hook.close();
    await database.drop();
  });

  it('gets the claims of both tokens but never their text, may change claims, but not who acts, and may deny', async () => {
    const gateway = await service(server);
    const user = await tokensFor(await webApp(server, [gateway]), [gateway]);
    const actor = await ownToken(gateway);
    hook.requests.length = 0;
    hook.answer = (response: ServerResponse) =>
      response.writeHead(200).end(JSON.stringify({ session: { access_token: { tier: 1, act: { sub: 'forged' } } } }));
    const result = await exchanged(gateway, user.access_token, actorForm(actor));
    const text = [...(hook.requests[0]?.form ?? [])]
      .map(([name, value]) => (value ? `${name}=${value}` : name))
      .join('&');
    const { request } = JSON.parse(text) as { request: Record<string, { claims: object; client_id?: string }> };
    expect(request.grant_types).toEqual(['urn:ietf:params:oauth:grant-type:token-exchange']);
    expect(request.subject_token).toMatchObject({ claims: { sub: 'alice' }, client_id: expect.any(String) as string });
    expect(request.actor_token).toMatchObject({ claims: { sub: gateway.clientId } });
    for (const secret of [user.access_token, actor]) expect(text).not.toContain(secret);
    expect(await introspect(gateway, result.access_token)).toMatchObject({
      ext: { tier: 1 },
      act: { sub: gateway.clientId },
    });
    hook.answer = 403;
    const denied = await exchange(gateway, user.access_token);
    expect([denied.status, denied.json.error]).toEqual([403, 'access_denied']);
    hook.answer = 204;
    expect(await introspect(gateway, (await exchanged(gateway, user.access_token)).access_token)).not.toHaveProperty(
      'act',
    );
  });
});
