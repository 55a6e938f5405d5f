import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Buckets } from '../../../src/database/bucket-partitions.js';
import { Maintenance } from '../../../src/database/maintenance/maintenance.js';
import { LeaseEntity } from '../../../src/database/lease.entity.js';
import { Migrated } from '../../../src/database/migrated.js';
import { CLEAN_UP } from '../../../src/sweeps.js';
import { configured, open, type Opened } from './connections.js';

const MINUTE = 60;
const start = Date.UTC(2026, 5, 15);
const today = start / 86_400_000;
const clock = (seconds: number) => (): Date => new Date(start + seconds * 1000);

describe('maintenance', () => {
  let opened: Opened;
  let first: Maintenance;
  let second: Maintenance;
  let migrated: Migrated;
  let maintenance: () => Maintenance;

  beforeAll(async () => {
    opened = await open();
    migrated = new Migrated(opened.dataSource);
    await migrated.watch();
    maintenance = (): Maintenance =>
      new Maintenance(
        opened.dataSource.getRepository(LeaseEntity),
        new Buckets(opened.dataSource),
        configured(),
        migrated,
        CLEAN_UP,
      );
    [first, second] = [maintenance(), maintenance()];
  });
  afterAll(() => opened.close());

  const holder = async (): Promise<string | undefined> =>
    (await opened.dataSource.query<{ holder: string }[]>(`select holder from lease where name = 'keeper'`))[0]?.holder;
  const madeToday = async (): Promise<boolean> =>
    (await opened.dataSource.query<unknown[]>(`select from pg_class where relname = 'use_mark_${today}'`)).length === 1;

  it('runs in one replica, until that replica is gone or releases the lease', async () => {
    await first.work(clock(0));
    const one = await holder();
    expect(await madeToday()).toBe(true);

    await opened.dataSource.query(`drop table use_mark_${today}`);
    await second.work(clock(MINUTE));
    expect(await holder()).toBe(one);
    expect(await madeToday()).toBe(false);

    await first.work(clock(2 * MINUTE));
    expect(await madeToday()).toBe(true);

    await second.work(clock(6 * MINUTE));
    expect(await holder()).not.toBe(one);

    await second.onModuleDestroy();
    expect(await holder()).toBeUndefined();
    await first.work(clock(6 * MINUTE));
    expect(await holder()).toBe(one);
  });

  it('continues with the next task when one fails', async () => {
    await opened.dataSource.query('alter table refresh_chain rename to away');
    await opened.dataSource.query(`insert into login_session (id, subject, authenticated_at, remember, expires_at)
values (gen_random_uuid(), 's', '2026-01-01', true, '2026-01-02')`);
    await first.work(clock(7 * MINUTE));
    await opened.dataSource.query('alter table away rename to refresh_chain');
    expect(await opened.dataSource.query('select from login_session')).toEqual([]);
  });

  it('deletes nothing if the clock is far ahead of that of PostgreSQL, and leaves the work to other replicas', async () => {
    await first.onModuleDestroy(); // releases the lease
    const nextYear = (): Date => new Date(Date.now() + 365 * 86_400_000);
    await opened.dataSource.query(
      `insert into login_session (id, subject, authenticated_at, remember, expires_at)
values (gen_random_uuid(), 's', $1, true, $2)`,
      [new Date(), new Date(Date.now() + 86_400_000)],
    );
    const wrong = maintenance();
    await wrong.work(nextYear);
    expect(await opened.dataSource.query('select from login_session')).toHaveLength(1);
    expect(await holder()).toBeUndefined();
  });
});
