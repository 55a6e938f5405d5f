import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uuidText, uuidV7 } from '../../../src/crypto/random.js';
import { Buckets } from '../../../src/database/bucket-partitions.js';
import { bucketOf } from '../../../src/database/buckets.js';
import { freshDatabase } from '../../support/postgres.js';
import { Folder } from '../config/folder.js';
import { open, type Opened } from '../database/connections.js';
import { type Ended, killAll, ostiary, program } from './ostiary.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = new Date();
const ago = (ms: number): Date => new Date(now.getTime() - ms);

describe('janitor', () => {
  const folder = new Folder();
  let opened: Opened;
  let client: string;

  beforeAll(async () => {
    await program();
    opened = await open();
  });
  afterEach(killAll);
  afterAll(async () => {
    folder.remove();
    await opened.close();
  });

  beforeEach(async () => {
    await opened.dataSource.query('truncate client, login_session, access_token, flow, json_web_key cascade');
    const [row] = await opened.dataSource.query<[{ key: string }]>(
      `insert into client (client_id, metadata, created_at, updated_at) values ('a', '{}', $1, $1) returning key`,
      [now],
    );
    client = row.key;
  });

  const janitor = (...args: string[]): Promise<Ended> => ostiary(['janitor', opened.database.dsn, ...args]);

  const count = async (table: string): Promise<number> =>
    (await opened.dataSource.query<[{ count: number }]>(`select count(*)::integer as count from ${table}`))[0].count;

  async function insert(table: string, row: Record<string, unknown>): Promise<string> {
    const columns = Object.keys(row);
    const places = columns.map((_, i) => `$${String(i + 1)}`).join(', ');
    await opened.dataSource.query(
      `insert into ${table} (${columns.join(', ')}) values (${places})`,
      Object.values(row),
    );
    return String(row.id);
  }

  /** Stores a token like the server, in the bucket of its expiry. */
  async function accessToken(issuedAt: Date, lifeMs: number): Promise<void> {
    const expiresAt = new Date(issuedAt.getTime() + lifeMs);
    const bucket = bucketOf(expiresAt, issuedAt);
    await new Buckets(opened.dataSource).ensure('access_token', bucket);
    const times = { issued_at: issuedAt, expires_at: expiresAt };
    await insert('access_token', { bucket, id: uuidText(uuidV7(issuedAt)), client_key: client, ...times });
  }

  const grant = (createdAt: Date, keepUntil: Date): Promise<string> =>
    insert('authorization_grant', {
      ...{ id: uuidText(uuidV7(createdAt)), client_key: client, subject: 's', scope: [], audience: [] },
      ...{ session: Buffer.alloc(1), created_at: createdAt, keep_until: keepUntil },
    });

  const chain = (grantId: string, issuedAt: Date, keepUntil: Date | null): Promise<string> =>
    insert('refresh_chain', {
      ...{ id: uuidText(uuidV7(issuedAt)), grant_id: grantId, digest: Buffer.alloc(32) },
      ...{ issued_at: issuedAt, expires_at: keepUntil, keep_until: keepUntil },
    });

  const flow = (name: string, keepUntil: Date): Promise<string> =>
    insert('flow', { key: Buffer.from(name), value: Buffer.alloc(1), version: 1, keep_until: keepUntil });

  it('deletes expired access tokens in every bucket, and no active ones', async () => {
    await accessToken(ago(3 * DAY), HOUR);
    await accessToken(ago(2 * HOUR), HOUR);
    await accessToken(ago(100 * DAY), 90 * DAY); // is in the bucket of a month
    await accessToken(ago(HOUR / 2), HOUR);
    const { code, stdout, stderr } = await janitor('--tokens');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Deleted 3 access tokens.\n');
    expect(await count('access_token')).toBe(1);
  });

  it('keeps active tokens of a client with a longer lifespan than the configured one', async () => {
    await accessToken(ago(2 * DAY), 30 * DAY);
    await accessToken(ago(800 * DAY), 2000 * DAY); // is in the bucket for distant expiries
    await janitor('--tokens', '--access-lifespan', '1s');
    expect(await count('access_token')).toBe(2);
  });

  it('keeps expired tokens that are younger than the given age', async () => {
    await accessToken(ago(3 * HOUR), HOUR);
    const owner = await grant(ago(3 * HOUR), ago(HOUR));
    await chain(owner, ago(3 * HOUR), ago(HOUR));
    await janitor('--tokens', '--keep-if-younger', '4h');
    await janitor('--tokens', '--access-lifespan', '4h', '--refresh-lifespan', '4h');
    expect([await count('access_token'), await count('refresh_chain')]).toEqual([1, 1]);
    await janitor('--tokens', '--access-lifespan', '2h', '--refresh-lifespan', '2h');
    expect(await Promise.all(['access_token', 'refresh_chain', 'authorization_grant'].map(count))).toEqual([0, 0, 0]);
  });

  it('deletes ended refresh tokens and then their grants, but none that never expire', async () => {
    const [ended, living] = [await grant(ago(90 * DAY), ago(DAY)), await grant(ago(90 * DAY), ago(DAY))];
    await chain(ended, ago(90 * DAY), ago(DAY));
    await chain(living, ago(90 * DAY), null);
    const { stdout } = await janitor('--tokens');
    expect(stdout).toContain('Deleted 1 refresh tokens.\nDeleted 1 grants without tokens.\n');
    expect(await opened.dataSource.query('select grant_id from refresh_chain')).toEqual([{ grant_id: living }]);
  });

  it('skips refresh tokens if they never expire', async () => {
    await chain(await grant(ago(90 * DAY), ago(DAY)), ago(90 * DAY), ago(DAY));
    const file = folder.write('never.yml', 'ttl: { refresh_token: -1 }\n');
    const { code, stdout } = await janitor('--tokens', '-c', file);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Refresh tokens never expire')]);
    expect(await count('refresh_chain')).toBe(1);
    await janitor('--tokens', '-c', file, '--refresh-lifespan', '1h');
    expect(await count('refresh_chain')).toBe(0);
  });

  it('deletes in batches, the oldest first, up to the limit', async () => {
    for (const days of [9, 8, 7, 6, 5]) await accessToken(ago(days * DAY), HOUR);
    const { stdout } = await janitor('--tokens', '--limit', '3', '--batch-size', '2');
    expect(stdout).toContain('Deleted 3 access tokens.');
    const left = await opened.dataSource.query<{ issued_at: Date }[]>('select issued_at from access_token order by 1');
    expect(left.map(({ issued_at }) => issued_at)).toEqual([ago(6 * DAY), ago(5 * DAY)]);
  });

  it('deletes ended flows, in batches up to the limit', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await flow(name, ago(HOUR));
    await flow('living', ago(-HOUR));
    expect((await janitor('--requests', '--keep-if-younger', '48h')).stdout).toContain('Deleted 0 login and consent');
    expect((await janitor('--requests', '--limit', '4', '--batch-size', '3')).stdout).toContain('Deleted 4 login and');
    expect((await janitor('--requests')).stdout).toContain('Deleted 1 login and consent requests.');
    expect(await count('flow')).toBe(1);
  });

  it('deletes expired trusted issuers', async () => {
    const times = { created_at: ago(9 * DAY), not_before: ago(9 * DAY) };
    for (const [kid, end] of [
      ['old', ago(2 * DAY)],
      ['living', ago(-DAY)],
    ] as const) {
      await insert('json_web_key', { set_id: 'i', kid, alg: 'ES256', sealed_jwk: Buffer.alloc(1), ...times });
      await insert('trusted_issuer', {
        ...{ id: uuidText(uuidV7(ago(9 * DAY))), issuer: 'i', kid, allow_any_subject: true, scope: [] },
        ...{ created_at: ago(9 * DAY), expires_at: end },
      });
    }
    expect((await janitor('--grants', '--keep-if-younger', '72h')).stdout).toBe('Deleted 0 trusted issuers.\n');
    expect((await janitor('--grants')).stdout).toBe('Deleted 1 trusted issuers.\n');
    expect(await opened.dataSource.query('select kid from trusted_issuer')).toEqual([{ kid: 'living' }]);
    expect(await count('json_web_key')).toBe(2);
  });

  it.each([
    [[], 'Say what to clean up'],
    [['--tokens', '--limit', '0'], 'Write a whole number from 1.'],
    [['--tokens', '--batch-size', '0'], 'Write a whole number from 1.'],
    [['--tokens', '--limit', '5', '--batch-size', '6'], '--batch-size must not be greater than --limit'],
    [['--tokens', '--keep-if-younger', 'soon'], 'Write a duration'],
    [['--tokens', '--access-lifespan', '-1h'], 'Write a duration'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await janitor(...args);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(message)]);
  });

  it('requires the address of a database, also from the environment or a file', async () => {
    const none = await ostiary(['janitor', '--tokens']);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('No database is named')]);
    const { dsn } = opened.database;
    expect((await ostiary(['janitor', '--tokens', '-e'], { DSN: dsn })).code).toBe(0);
    const file = folder.write('dsn.yml', `dsn: ${dsn}\nno_such_key: 1\n`);
    expect((await ostiary(['janitor', '--tokens', '-c', file])).code).toBe(0);
  });

  it('reports faults in its part of the configuration, and pending migrations', async () => {
    const wrong = await ostiary(['janitor', '--tokens', opened.database.dsn], { TTL_ACCESS_TOKEN: 'soon' });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('variable TTL_ACCESS_TOKEN')]);
    const other = await freshDatabase();
    await ostiary(['migrate', 'sql', 'down', other.dsn, '--steps', '1', '--yes']);
    const pending = await ostiary(['janitor', '--tokens', other.dsn]);
    expect([pending.code, pending.stderr]).toEqual([1, expect.stringContaining('Migrations are pending')]);
    await other.drop();
  });
});
