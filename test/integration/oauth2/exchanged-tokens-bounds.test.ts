/** Token exchange (RFC 8693): what nobody may learn or get by it. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  actorForm,
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
import type { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

describe('token exchange', () => {
  let database: TestDatabase;
  let server: TestServer;
  let gateway: RelyingParty;
  let app: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      keys: { algorithm: 'ES256' },
      oauth2: { token_exchange: { enabled: true } },
      oidc: {
        subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-the-tests' } },
      },
    });
    gateway = await service(server);
    app = await webApp(server, [gateway]);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it.each<[string, (of: RelyingParty) => Promise<Record<string, string>>]>([
    ['that nobody issued', () => Promise.resolve(actorForm('ory_at_nothing.nothing'))],
    ['that is no assertion', () => Promise.resolve(actorForm('e30.e30.e30', TOKEN_TYPES.jwt))],
    ['of another client', async () => actorForm(await ownToken(await service(server)))],
  ])('does not tell by an actor token %s whether the tokens of others are active (§5)', async (_, actor) => {
    const stranger = await service(server);
    const { access_token: token } = await tokensFor(app, [gateway]);
    const form = await actor(stranger);
    const whileActive = await exchange(stranger, token, form);
    await app.revoke(token);
    expect((await exchange(stranger, token, form)).text).toBe(whileActive.text);
    expect(whileActive.json.error_description).toMatch(/'subject_token'/);
  });

  it('tells by the scope nothing about the tokens of others (§5)', async () => {
    const stranger = await service(server);
    const { access_token: token } = await tokensFor(app, [gateway]);
    const whileActive = await exchange(stranger, token, { scope: 'nonsense', audience: 'nonsense' });
    await app.revoke(token);
    expect((await exchange(stranger, token, { scope: 'nonsense', audience: 'nonsense' })).text).toBe(whileActive.text);
  });

  it('yields no ID token, not by its refresh token either: the person did not log in to that client', async () => {
    const { access_token: token } = await tokensFor(app, [gateway]);
    const lasting = { scope: 'openid offline_access read', requested_token_type: TOKEN_TYPES.refreshToken };
    const handed = await exchanged(gateway, token, lasting);
    const { status, json } = await gateway.refresh(handed.refresh_token);
    expect([status, json.scope, json.id_token]).toEqual([200, 'openid offline_access read', undefined]);
    expect((await introspect(gateway, String(json.access_token))).act).toEqual({ sub: gateway.clientId });
  });

  it('does not tell a client with pairwise subjects the real one, in a JWT either (OpenID Connect Core §8)', async () => {
    const apart = await service(server, { subject_type: 'pairwise', redirect_uris: ['https://apart.example/cb'] });
    const { access_token: token } = await tokensFor(await webApp(server, [apart]), [apart]);
    const { access_token: jwt } = await exchanged(apart, token, { requested_token_type: TOKEN_TYPES.jwt });
    const { sub } = decodeJwt(jwt);
    expect(sub).toBe((await introspect(apart, jwt)).obfuscated_subject);
    expect(sub).toMatch(/^[0-9a-f]{64}$/);
    const next = await exchanged(apart, jwt, { subject_token_type: TOKEN_TYPES.jwt });
    expect((await introspect(apart, next.access_token)).sub).toBe('alice');
  });
});
