import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';
import { hydraToken, ImportedRows, keyOf } from './imported-rows.js';

const [OLD, NEW] = ['the system secret that Hydra began with', 'the system secret of today'];
const PATIENCE = { timeout: 20_000, interval: 20 };
const FUTURE = '2099-01-01T00:00:00Z';

describe('access tokens of Hydra', () => {
  let database: TestDatabase;
  let rows: ImportedRows;
  let server: TestServer;
  let client: RelyingParty;
  const query = vi.spyOn(pg.Client.prototype, 'query');

  beforeAll(async () => {
    database = await freshDatabase();
    rows = await ImportedRows.open(database.dsn);
    await rows.record({ hydra_oauth2_access: FUTURE });
    server = await startTestServer(database.dsn, { secrets: { system: [NEW, OLD] } });
    client = await RelyingParty.register(server);
  });
  afterAll(async () => {
    query.mockRestore();
    await server.stop();
    await rows.close();
    await database.drop();
  });

  const introspect = async (token: string) => {
    const body = new URLSearchParams({ token });
    return (await send('POST', `${server.admin}/admin/oauth2/introspect`, { body })).json;
  };
  const userinfo = (token: string) =>
    send('GET', `${server.public}/userinfo`, { headers: { authorization: `Bearer ${token}` } });

  it.each([
    ['under the newest secret', 'ory_at_', NEW],
    ['under an older secret', 'ory_at_', OLD],
    ['of Hydra 1.x, without a prefix', '', OLD],
  ])('%s are active', async (_, prefix, secret) => {
    const token = hydraToken(prefix, secret);
    await rows.accessToken(client.clientId, token);
    expect(await introspect(token.token)).toMatchObject({
      ...{ active: true, client_id: client.clientId, sub: client.clientId, scope: 'read', token_use: 'access_token' },
    });
  });

  it('of a person are active as long as their grant and their generation, and userinfo answers', async () => {
    const { access, grantId } = await rows.family({ clientId: client.clientId, secret: OLD });
    expect(await introspect(access.token)).toMatchObject({ active: true, sub: 'alice' });
    expect((await userinfo(access.token)).json).toMatchObject({ sub: 'alice' });
    await rows.query('update authorization_grant set revoked_at = now() where id = $1', [grantId]);
    expect(await introspect(access.token)).toEqual({ active: false });
    expect((await userinfo(access.token)).status).toBe(401);
  });

  it('are revoked by their client alone, with their grant (RFC 7009)', async () => {
    const other = await RelyingParty.register(server);
    const { access, refresh } = await rows.family({ clientId: client.clientId, secret: OLD });
    expect((await other.revoke(access.token)).status).toBe(200);
    expect(await client.isActive(access.token)).toBe(true);
    expect((await client.revoke(access.token)).status).toBe(200);
    expect([await client.isActive(access.token), await client.isActive(refresh.token)]).toEqual([false, false]);
    const alone = hydraToken('ory_at_', OLD);
    await rows.accessToken(client.clientId, alone);
    await client.revoke(alone.token);
    expect(await client.isActive(alone.token)).toBe(false);
  });

  it('are not active for a MAC with other random bytes, nor with the prefix of refresh tokens', async () => {
    const token = hydraToken('ory_at_', OLD);
    await rows.accessToken(client.clientId, token);
    const mac = token.token.split('.')[1] ?? '';
    const forged = `ory_at_${'A'.repeat(43)}.${mac}`;
    for (const text of [forged, token.token.replace('_at_', '_rt_')]) {
      expect(await introspect(text)).toEqual({ active: false });
    }
    expect((await introspect(token.token)).active).toBe(true);
  });

  it('cost one statement, and garbage none', async () => {
    const token = hydraToken('ory_at_', OLD);
    await rows.accessToken(client.clientId, token);
    const costs = async (text: string, statements: number): Promise<void> => {
      await vi.waitFor(async () => {
        query.mockClear(); // once more where housekeeping came between
        await introspect(text);
        expect(query).toHaveBeenCalledTimes(statements);
      }, PATIENCE);
    };
    await costs(token.token, 1);
    const { token: unknown } = hydraToken('ory_at_', 'a secret of another server');
    await costs(unknown, 0);
    await costs(hydraToken('', 'a secret of another server').token, 0);
  });

  describe('that are JWTs', () => {
    const SET = 'hydra.jwt.access-token';
    let sign: (kid: string | undefined, claims?: JWTPayload) => Promise<string>;

    beforeAll(async () => {
      const [older, newer] = await Promise.all([1, 2].map(() => generateKeyPair('ES256', { extractable: true })));
      const jwkOf = async (pair: typeof older, kid: string) => ({
        ...(await exportJWK(pair!.privateKey)),
        ...{ kid, use: 'sig', alg: 'ES256' },
      });
      const keys = [await jwkOf(newer, 'newer'), await jwkOf(older, 'older')];
      expect((await client.admin('PUT', `/keys/${SET}`, { keys })).status).toBe(200);
      sign = (kid, claims) =>
        new SignJWT({ iss: ISSUER, client_id: client.clientId, jti: randomUUID(), scp: ['read'], ext: {}, ...claims })
          .setProtectedHeader({ alg: 'ES256', typ: 'JWT', ...(kid === undefined ? {} : { kid }) })
          .setIssuedAt()
          .setExpirationTime('1h')
          .sign(newer!.privateKey);
    });

    const imported = async (jwt: string): Promise<void> =>
      rows.accessToken(client.clientId, keyOf(jwt.split('.')[2] ?? ''));

    it.each(['newer', 'older', 'a kid of long ago', undefined])('are active, also with the kid %s', async (kid) => {
      const jwt = await sign(kid);
      expect(await introspect(jwt)).toEqual({ active: false });
      await imported(jwt);
      expect(await introspect(jwt)).toMatchObject({ active: true, client_id: client.clientId, scope: 'read' });
    });

    it('are revoked like others', async () => {
      const jwt = await sign('newer');
      await imported(jwt);
      await client.revoke(jwt);
      expect(await introspect(jwt)).toEqual({ active: false });
    });

    it('need their own signature', async () => {
      const [one, two] = [await sign('newer', { sub: 'a' }), await sign('newer', { sub: 'b' })];
      await imported(one);
      const [head, , tail] = one.split('.');
      expect(await introspect([head, two.split('.')[1], tail].join('.'))).toEqual({ active: false });
      expect((await introspect(one)).active).toBe(true);
    });
  });
});
