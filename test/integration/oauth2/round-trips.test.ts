import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BoundParty } from '../../support/bound-party.js';
import { CibaApp, CibaParty, cibaSettings } from '../../support/ciba-app.js';
import {
  actorForm,
  exchange,
  exchanged,
  ownToken,
  service,
  TOKEN_TYPES,
  tokensFor,
  webApp,
} from '../../support/exchange.js';
import { FapiParty } from '../../support/fapi-party.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { type Counted, StatementCount } from '../../support/statement-count.js';

const PATIENCE = { timeout: 20_000, interval: 20 };

/** The driver counts the statements, including any begin and commit. */
describe('statements of one request on the fast path', () => {
  let database: TestDatabase;
  let server: TestServer;
  let app: CibaApp;
  let client: RelyingParty;
  const statements = new StatementCount();

  beforeAll(async () => {
    [database, app] = [await freshDatabase(), await CibaApp.open()];
    server = await startTestServer(database.dsn, {
      keys: { algorithm: 'ES256' },
      oidc: cibaSettings(app),
      oauth2: {
        authorization_details: { types: [{ type: 'account' }] },
        ...{ dpop: { enabled: true }, pushed_authorization_requests: { enabled: true } },
        token_exchange: { enabled: true },
      },
    });
    client = await RelyingParty.register(server);
    // the client stays cached and its secret verified as soon as the announcement of its creation has arrived
    await vi.waitFor(async () => {
      expect(await count(() => client.token({ grant_type: 'client_credentials' }))).toBe(1);
    }, PATIENCE);
  });
  afterAll(async () => {
    statements.end();
    await server.stop();
    await app.close();
    await database.drop();
  });

  /** Counts again on a mismatch, because a cached client may expire, or housekeeping begin, during an attempt. */
  async function costs(statements: number, prepare: () => Promise<Counted>, status = 200): Promise<void> {
    await vi.waitFor(async () => {
      expect(await count(await prepare(), status)).toBe(statements);
    }, PATIENCE);
  }

  async function count(request: () => Promise<{ status: number }>, status = 200): Promise<number> {
    await client.token({ grant_type: 'client_credentials' });
    return statements.of(request, status);
  }

  it('client credentials: one', async () => {
    await costs(1, () => Promise.resolve(() => client.token({ grant_type: 'client_credentials' })));
  });

  it('a poll while the person has not answered: one', async () => {
    const party = await CibaParty.register(server);
    const id = await party.started();
    await costs(1, () => Promise.resolve(() => party.poll(id)), 400);
  });

  it('refresh: one', async () => {
    await costs(1, async () => {
      const { refresh_token: token } = await client.tokens();
      return () => client.refresh(token);
    });
  });

  it('introspection: one, and none for a text that is not a token of this server', async () => {
    const { access_token: token } = (await client.token({ grant_type: 'client_credentials' })).json as Record<
      string,
      string
    >;
    const introspect = (text: string) => (): Promise<Counted> =>
      Promise.resolve(() =>
        send('POST', `${server.admin}/admin/oauth2/introspect`, { body: new URLSearchParams({ token: text }) }),
      );
    await costs(1, introspect(token!));
    await costs(0, introspect(`${token!.slice(0, -4)}AAAA`));
    await costs(0, introspect('garbage'));
  });

  it('none for a hostile token, however long and wherever it is sent', async () => {
    const { access_token: access, refresh_token: refresh } = await client.tokens();
    const [head, tail] = [access.slice(0, 50), access.slice(51)];
    const long = 'A'.repeat(65_536);
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const foreign = (prefix: string): string => `${prefix}${randomBytes(32).toString('base64url')}.${tail}`;
    const hostile = [
      ...[`${access}A`, `${access} `, `${access}.`, `${head}.${tail}A`, access.toUpperCase(), refresh.slice(0, -1)],
      ...[foreign('ory_at_'), foreign('ory_rt_'), refresh.replace('rt', 'at'), access.replace('at', 'rt')],
      ...[long, `ory_at_${long}.${long}`, `${access}${long}`, `ory_rt_${long}`, '%'.repeat(65_536), '.'.repeat(65_536)],
      ...[`ey${long}`, `ey.${long}`, `${none}.${long}.${long}`, `${none}.e30.`, '\u{1f600}'.repeat(20_000)],
    ];
    const post = (url: string, body: Record<string, string>): Promise<{ status: number; text: string }> =>
      send('POST', url, { body: new URLSearchParams(body) });
    for (const token of hostile) {
      const answer = await post(`${server.admin}/admin/oauth2/introspect`, { token });
      expect(answer.text).toBe('{"active":false}\n');
      const requests: [() => Promise<{ status: number }>, number][] = [
        [() => post(`${server.admin}/admin/oauth2/introspect`, { token }), 200],
        [() => post(`${server.public}/userinfo`, { access_token: token }), 401],
        [() => client.revoke(token), 200],
        [() => client.refresh(token), 400],
      ];
      for (const [request, status] of requests) await costs(0, () => Promise.resolve(request), status);
    }
    expect([await client.isActive(access), await client.isActive(refresh)]).toEqual([true, true]);
  });

  it.each([
    ['one consent', (id: string) => `consent_request_id=${id}`],
    ['the consents for a client', (_: string, subject: string) => `subject=${subject}&client=${client.clientId}`],
    ['all consents of a person', (_: string, subject: string) => `subject=${subject}&all=true`],
  ])('an administrator revokes %s with all their tokens: one', async (_, selection) => {
    let given: { access_token: string; refresh_token: string } | undefined;
    const revocation = async (): Promise<Counted> => {
      given = await client.tokens();
      const listed = await client.admin('GET', '/oauth2/auth/sessions/consent?subject=alice&page_size=500');
      const id = (JSON.parse(listed.text) as { consent_request_id: string }[]).at(-1)?.consent_request_id ?? '';
      const address = `/oauth2/auth/sessions/consent?${selection(id, 'alice')}`;
      return () => client.admin('DELETE', address);
    };
    await costs(1, revocation, 204);
    const { access_token: token = '', refresh_token: refresh = '' } = given ?? {};
    expect([await client.isActive(token), await client.isActive(refresh)]).toEqual([false, false]);
  });

  it('revocation: one', async () => {
    await costs(1, async () => {
      const issued = (await client.token({ grant_type: 'client_credentials' })).json as Record<string, string>;
      return () => client.revoke(issued['access_token']!);
    });
  });

  it('code exchange: one, and a process that has not cached the code reads it from the flow store', async () => {
    await costs(1, async () => {
      const code = await client.code();
      return () => client.redeem(code);
    });
  });

  it('with authorization details: one; a token that asks for a part of them reads the grant first', async () => {
    const all = [{ type: 'account', actions: ['read', 'write'] }];
    const asked = { authorization_details: JSON.stringify(all) };
    const narrow = { authorization_details: JSON.stringify([{ type: 'account', actions: ['read'] }]) };
    const code = () => client.code(asked, { grant_authorization_details: all });
    const granted = async () => (await client.redeem(await code())).json as Record<string, string>;
    const own = { grant_type: 'client_credentials', ...asked };
    await costs(1, () => Promise.resolve(() => client.token(own)));
    await costs(1, async () => {
      const given = await code();
      return () => client.redeem(given);
    });
    await costs(1, async () => {
      const { refresh_token: token = '' } = await granted();
      return () => client.refresh(token);
    });
    await costs(2, async () => {
      const { refresh_token: token = '' } = await granted();
      return () => client.refresh(token, narrow);
    });
    await costs(1, async () => {
      const { access_token: token = '' } = await granted();
      return () => send('POST', `${server.admin}/admin/oauth2/introspect`, { body: new URLSearchParams({ token }) });
    });
  });

  it('token exchange: two, with an actor token and a refresh token too; introspection and refresh stay one', async () => {
    const gateway = await service(server);
    const app = await webApp(server, [gateway]);
    const { access_token: subject } = await tokensFor(app, [gateway]);
    await costs(2, () => Promise.resolve(() => exchange(gateway, subject)));
    const actor = actorForm(await ownToken(gateway));
    const lasting = { ...actor, requested_token_type: TOKEN_TYPES.refreshToken };
    await costs(2, () => Promise.resolve(() => exchange(gateway, subject, lasting)));
    await costs(1, async () => {
      const { access_token: token } = await exchanged(gateway, subject);
      return () => send('POST', `${server.admin}/admin/oauth2/introspect`, { body: new URLSearchParams({ token }) });
    });
    await costs(1, async () => {
      const { access_token: token } = await exchanged(gateway, subject);
      return () => gateway.revoke(token);
    });
    await costs(1, async () => {
      const { refresh_token: token } = await exchanged(gateway, subject, lasting);
      return () => gateway.refresh(token);
    });
  });

  it('with a proof of possession, whose mark travels along: one each', async () => {
    const bound = await BoundParty.register(server);
    const app = await BoundParty.register(server, { token_endpoint_auth_method: 'none' });
    await bound.clientCredentials();
    await costs(1, () => Promise.resolve(() => bound.clientCredentials()));
    await costs(
      1,
      () => {
        const proof = bound.proof('POST', '/oauth2/token', { claims: { iat: 5 } });
        return Promise.resolve(async () => {
          await bound.clientCredentials();
          return bound.clientCredentials({ proof }); // refused before any statement
        });
      },
      400,
    );
    await costs(1, async () => {
      const code = await app.party.code({ dpop_jkt: app.key.jkt });
      return () => app.redeem(code);
    });
    await costs(1, async () => {
      const { refresh_token: token } = await app.tokens();
      return () => app.refresh(token);
    });
    await costs(1, async () => {
      const { access_token: token = '' } = await app.tokens();
      return () => app.resource(token);
    });
    await costs(1, async () => {
      const { access_token: token = '' } = await app.tokens();
      const body = new URLSearchParams({ token });
      return () => send('POST', `${server.admin}/admin/oauth2/introspect`, { body });
    });
    await costs(
      0,
      async () => {
        const { access_token: token = '' } = await app.tokens();
        return () => app.resource(`${token.slice(0, -4)}AAAA`); // no proof is verified for a token that is not ours
      },
      401,
    );
  });

  it('under FAPI 2.0: one each, beside the one that spends the assertion', async () => {
    const fapi = await FapiParty.register(server);
    const { refresh_token: token = '' } = await fapi.tokens();
    await costs(2, () => Promise.resolve(() => fapi.token({ grant_type: 'client_credentials' })));
    await costs(2, () => Promise.resolve(() => fapi.refresh(token))); // the token is kept
    await costs(2, async () => {
      const code = await fapi.code();
      return () => fapi.redeem(code);
    });
  });

  it('discovery and keys: none', async () => {
    for (const path of ['/.well-known/openid-configuration', '/.well-known/jwks.json']) {
      await send('GET', server.public + path);
      // a new key set is announced to all processes including this one, and read once more
      await expect.poll(() => count(() => send('GET', server.public + path))).toBe(0);
    }
  });
});
