import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { hydraToken, ImportedRows } from './imported-rows.js';

const SECRET = 'the system secret of Hydra and of this server';
const MINUTE = 60_000;

describe('refresh tokens of Hydra', () => {
  let database: TestDatabase;
  let rows: ImportedRows;
  let one: TestServer;
  let two: TestServer;
  let graceful: TestServer;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    rows = await ImportedRows.open(database.dsn);
    await rows.record({ hydra_oauth2_access: '2099-01-01T00:00:00Z' });
    // The servers see at their start that there are refresh tokens of Hydra. The clean-up would take one without a chain.
    await rows.query(
      `insert into client (client_id, metadata, created_at, updated_at) values ('another', '{}', now(), now())`,
    );
    await rows.family({ clientId: 'another', secret: SECRET });
    const secrets = { system: [SECRET] };
    const grace = {
      oauth2: { grant: { refresh_token: { rotation_grace_period: '1h', rotation_grace_reuse_count: 2 } } },
    };
    one = await startTestServer(database.dsn, { secrets });
    two = await startTestServer(database.dsn, { secrets });
    graceful = await startTestServer(database.dsn, { secrets, ...grace });
    client = await RelyingParty.register(one);
  });
  afterAll(async () => {
    await Promise.all([one, two, graceful].map((server) => server.stop()));
    await rows.close();
    await database.drop();
  });

  const family = (over: Partial<Parameters<ImportedRows['family']>[0]> = {}) =>
    rows.family({ clientId: client.clientId, secret: SECRET, ...over });
  const error = async (at: RelyingParty, token: string) => (await at.refresh(token)).json.error;

  it.each([true, false])(
    'are active and rotate, and their successors are of this server (prefix: %s)',
    async (prefixed) => {
      const { access, refresh, grantId } = await family({
        prefixed,
        session: { sid: 'a-session', authTime: 1_700_000_000 },
      });
      expect(await client.isActive(refresh.token)).toBe(true);
      const first = await client.refresh(refresh.token);
      expect([first.status, first.json.scope]).toEqual([200, 'openid offline_access']);
      expect(first.json.refresh_token).toMatch(/^ory_rt_/);
      expect(decodeJwt(first.json.id_token as string)).toMatchObject({
        sub: 'alice',
        sid: 'a-session',
        auth_time: 1_700_000_000,
      });
      expect([await client.isActive(access.token), await client.isActive(refresh.token)]).toEqual([false, false]);
      const second = await client.refresh(first.json.refresh_token as string);
      expect(second.status).toBe(200);
      const [grant] = await rows.query<{ grant_id: string }>(
        'select grant_id from refresh_chain where generation = 4 and grant_id = $1',
        [grantId],
      );
      expect(grant).toBeDefined();
    },
  );

  it('that were used here end their family when they come again, however far it has gone on', async () => {
    const { refresh } = await family();
    const first = (await client.refresh(refresh.token)).json.refresh_token as string;
    const second = (await client.refresh(first)).json;
    expect(await error(client, refresh.token)).toBe('invalid_grant');
    expect(await client.isActive(second.access_token as string)).toBe(false);
    expect(await error(client, second.refresh_token as string)).toBe('invalid_grant');
  });

  it('that were used at Hydra end their family when they come again', async () => {
    const { spent, access, refresh } = await family();
    expect(await error(client, spent.token)).toBe('invalid_grant');
    expect([await client.isActive(access.token), await client.isActive(refresh.token)]).toEqual([false, false]);
    expect(await error(client, refresh.token)).toBe('invalid_grant');
  });

  it('are refused to another client, which harms nothing', async () => {
    const other = await RelyingParty.register(one);
    const { spent, refresh } = await family();
    for (const token of [spent.token, refresh.token]) {
      expect(await error(other, token)).toBe('invalid_grant');
      expect((await other.revoke(token)).status).toBe(200);
    }
    expect((await client.refresh(refresh.token)).status).toBe(200);
  });

  it('are unknown without their random bytes, with the prefix of access tokens, or without a row', async () => {
    const { refresh, access } = await family();
    const mac = refresh.token.split('.')[1] ?? '';
    const wrong = [`ory_rt_${'A'.repeat(43)}.${mac}`, refresh.token.replace('_rt_', '_at_'), access.token];
    for (const token of [...wrong, hydraToken('ory_rt_', SECRET).token]) {
      expect(await error(client, token)).toBe('invalid_grant');
    }
    expect((await client.refresh(refresh.token)).status).toBe(200);
  });

  it('that have expired are refused, and their family lives on', async () => {
    const { refresh, access } = await family({ refreshEnds: new Date(Date.now() - MINUTE) });
    expect(await client.isActive(refresh.token)).toBe(false);
    expect(await error(client, refresh.token)).toBe('invalid_grant');
    expect(await client.isActive(access.token)).toBe(true);
  });

  it('revoke their grant, used or not (RFC 7009)', async () => {
    for (const which of ['refresh', 'spent'] as const) {
      const whole = await family();
      await client.revoke(whole[which].token);
      expect([await client.isActive(whole.access.token), await client.isActive(whole.refresh.token)]).toEqual([
        false,
        false,
      ]);
    }
  });

  it('used 50 times at once over two servers have one winner, whose pair lives on', async () => {
    const { refresh } = await family();
    const form = { grant_type: 'refresh_token', refresh_token: refresh.token };
    const answers = await client.volley(50, form, [one, two]);
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(await client.isActive(won[0]!.json.access_token as string)).toBe(true);
    expect((await client.refresh(won[0]!.json.refresh_token as string)).status).toBe(200);
  });

  describe('that were used at Hydra within the grace period', () => {
    const previous = (uses: number, minutesAgo = 1) => ({
      token: hydraToken('ory_rt_', SECRET),
      usedAt: new Date(Date.now() - minutesAgo * MINUTE),
      uses,
    });

    it('yield a pair of their own, as often as is allowed, and then end the family', async () => {
      const [used, at] = [previous(1), client.at(graceful)];
      const { refresh, access } = await family({ previous: used });
      const branch = await at.refresh(used.token.token);
      expect(branch.status).toBe(200);
      expect([await at.isActive(access.token), await at.isActive(refresh.token)]).toEqual([true, true]);
      expect((await at.refresh(branch.json.refresh_token as string)).status).toBe(200);
      expect(await error(at, used.token.token)).toBe('invalid_grant');
      expect(await at.isActive(refresh.token)).toBe(false);
    });

    it.each([
      ['after the period', 1, 61],
      ['more often than allowed', 2, 1],
    ])('end the family %s', async (_, uses, minutesAgo) => {
      const used = previous(uses, minutesAgo);
      const { refresh } = await family({ previous: used });
      expect(await error(client.at(graceful), used.token.token)).toBe('invalid_grant');
      expect(await client.isActive(refresh.token)).toBe(false);
    });

    it('end the family at a server without grace', async () => {
      const used = previous(1);
      const { refresh } = await family({ previous: used });
      expect(await error(client, used.token.token)).toBe('invalid_grant');
      expect(await client.isActive(refresh.token)).toBe(false);
    });
  });
});
