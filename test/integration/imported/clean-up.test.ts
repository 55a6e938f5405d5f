import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { cleanUp } from '../../../src/cli/janitor/janitor.js';
import { stillNeeded } from '../../../src/cli/reencrypt/still-needed.js';
import { revokeIssuedBefore } from '../../../src/cli/revoke/revoke-all.js';
import { WalkingSweep } from '../../../src/database/maintenance/walking-sweep.js';
import { SWEEPS } from '../../../src/sweeps.js';
import { open, type Opened } from '../database/connections.js';
import { hydraToken, ImportedRows } from './imported-rows.js';

const SECRET = 'the system secret of Hydra';
const HOUR = 3_600_000;
const signal = new AbortController().signal;
const TTL = {
  ...{ access_token: 1, refresh_token: 1, auth_code: 600, device_user_code: 600, login_consent_request: 1800 },
  ...{
    id_token: 1,
    vc_nonce: 600,
    authentication_session: 1,
    authorization_response: 300,
    ciba_request: 300,
    pushed_authorization_request: 60,
  },
};

describe('imported tokens', () => {
  let opened: Opened;
  let rows: ImportedRows;

  beforeAll(async () => {
    opened = await open();
    rows = await ImportedRows.open(opened.database.dsn);
  });
  beforeEach(async () => {
    await rows.query('truncate client, access_token, imported_refresh_token, hydra_import, hydra_import_table cascade');
    await rows.query(
      `insert into client (client_id, metadata, created_at, updated_at) values ('c', '{}', now(), now())`,
    );
  });
  afterAll(async () => {
    await rows.close();
    await opened.close();
  });

  /** One pass, as in the maintenance of the server. */
  async function sweep(inHours: number): Promise<void> {
    const now = new Date(Date.now() + inHours * HOUR);
    for (const one of SWEEPS) await new WalkingSweep(opened.dataSource, one).run(now, signal);
  }
  const count = async (table: string): Promise<number> =>
    (await rows.query<{ count: number }>(`select count(*)::integer as count from ${table}`))[0]!.count;
  const counts = async () => [
    await count('access_token'),
    await count('imported_refresh_token'),
    await count('refresh_chain'),
  ];

  it('are deleted: access tokens when they have expired, refresh tokens, used ones too, when their chain has gone', async () => {
    await rows.family({ clientId: 'c', secret: SECRET });
    expect(await counts()).toEqual([1, 2, 1]);
    await sweep(0);
    expect(await counts()).toEqual([1, 2, 1]);
    await sweep(2); // the access token ended after an hour, the refresh token after 24
    expect(await counts()).toEqual([0, 2, 1]);
    await sweep(25); // a chain is kept for a day after its end, so that a late use is noticed
    expect(await counts()).toEqual([0, 2, 1]);
    await sweep(49);
    expect(await counts()).toEqual([0, 0, 0]);
    expect(await count('authorization_grant')).toBe(0);
  });

  it('are deleted after their client', async () => {
    await rows.family({ clientId: 'c', secret: SECRET });
    await rows.query(`delete from client where client_id = 'c'`);
    await sweep(0);
    expect(await count('imported_refresh_token')).toBe(0);
  });

  /** The lines that the command prints. */
  async function printed(run: () => Promise<void>): Promise<string> {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await run();
      return write.mock.calls.map(([text]) => String(text)).join('');
    } finally {
      write.mockRestore();
    }
  }

  it('are deleted by the command janitor', async () => {
    await rows.family({ clientId: 'c', secret: SECRET });
    const options = { tokens: true, limit: 10_000, batchSize: 100, keepIfYounger: 0 };
    const janitor = (inHours: number) =>
      printed(() => cleanUp(opened.dataSource, TTL, options, new Date(Date.now() + inHours * HOUR)));
    expect(await janitor(2)).toContain('Deleted 1 access tokens.\nDeleted 0 refresh tokens.\n');
    expect(await counts()).toEqual([0, 2, 1]);
    expect(await janitor(49)).toContain('Deleted 2 refresh tokens of Hydra');
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('are ended by the command revoke, with and without a grant', async () => {
    const { grantId } = await rows.family({ clientId: 'c', secret: SECRET });
    await rows.accessToken('c', hydraToken('ory_at_', SECRET));
    const now = new Date();
    const lines = await printed(() =>
      revokeIssuedBefore(opened.dataSource, TTL, { issuedBefore: now, now, yes: true }),
    );
    expect(lines).toMatch(/^grants, .*: 1 ended\.$/m);
    expect(lines).toMatch(/^access tokens that hang on no grant: 1 ended\.$/m);
    const [grant] = await rows.query('select from authorization_grant where id = $1 and revoked_at is not null', [
      grantId,
    ]);
    expect(grant).toBeDefined();
  });

  it('need the secrets of Hydra until they end, which the command reencrypt says', async () => {
    const needed = async (inHours = 0) => {
      const now = new Date(Date.now() + inHours * HOUR);
      return (await stillNeeded(opened.dataSource, { ttl: TTL, now, rotatedAt: new Date(), sealsCookies: false })).join(
        '\n',
      );
    };
    expect(await needed()).not.toContain('Hydra');
    await rows.record({ hydra_oauth2_access: '2031-02-03T04:05:06Z' });
    expect(await needed()).toContain('  tokens that were imported from Hydra: until 2031-02-03T04:05:06Z');
    await rows.record({ hydra_oauth2_access: new Date().toISOString() });
    const family = await rows.family({ clientId: 'c', secret: SECRET });
    expect(await needed()).toMatch(/^ {2}tokens that were imported from Hydra: until 20/m);
    expect(await needed(25)).not.toContain('Hydra');
    await rows.query('update refresh_chain set expires_at = null where id = $1', [family.chainId]);
    expect(await needed()).toContain('  tokens that were imported from Hydra: some never end');
    await rows.query('update refresh_chain set generation = 3 where id = $1', [family.chainId]); // rotated: the current one is ours
    expect(await needed()).not.toContain('Hydra');
  });
});
