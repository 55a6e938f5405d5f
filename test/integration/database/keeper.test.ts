import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Buckets } from '../../../src/database/bucket-keeper.js';
import { Keeper } from '../../../src/database/keeping/keeper.js';
import { Migrated } from '../../../src/database/migrated.js';
import { configured, open, type Opened } from './connections.js';

const MINUTE = 60;
const start = Date.UTC(2026, 5, 15);
const today = start / 86_400_000;
const clock = (seconds: number) => (): Date => new Date(start + seconds * 1000);

describe('keeper', () => {
  let opened: Opened;
  let first: Keeper;
  let second: Keeper;
  let migrated: Migrated;

  beforeAll(async () => {
    opened = await open();
    migrated = new Migrated(opened.dataSource);
    await migrated.watch();
    const keeper = (): Keeper => new Keeper(opened.dataSource, new Buckets(opened.dataSource), configured(), migrated);
    [first, second] = [keeper(), keeper()];
  });
  afterAll(() => opened.close());

  const holder = async (): Promise<string | undefined> =>
    (await opened.dataSource.query<{ holder: string }[]>(`select holder from lease where name = 'keeper'`))[0]?.holder;
  const madeToday = async (): Promise<boolean> =>
    (await opened.dataSource.query<unknown[]>(`select from pg_class where relname = 'use_mark_${today}'`)).length === 1;

  it('works in one replica, until that one is gone or gives up', async () => {
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

  it('goes on with the next task when one fails', async () => {
    await opened.dataSource.query('alter table refresh_chain rename to away');
    await opened.dataSource.query(`insert into login_session (id, subject, authenticated_at, remember, expires_at)
values (gen_random_uuid(), 's', '2026-01-01', true, '2026-01-02')`);
    await first.work(clock(7 * MINUTE));
    await opened.dataSource.query('alter table away rename to refresh_chain');
    expect(await opened.dataSource.query('select from login_session')).toEqual([]);
  });

  it('deletes nothing by a clock that is far ahead of that of PostgreSQL, and leaves the work to others', async () => {
    await first.onModuleDestroy(); // gives the lease up
    const nextYear = (): Date => new Date(Date.now() + 365 * 86_400_000);
    await opened.dataSource.query(
      `insert into login_session (id, subject, authenticated_at, remember, expires_at)
values (gen_random_uuid(), 's', $1, true, $2)`,
      [new Date(), new Date(Date.now() + 86_400_000)],
    );
    const wrong = new Keeper(opened.dataSource, new Buckets(opened.dataSource), configured(), migrated);
    await wrong.work(nextYear);
    expect(await opened.dataSource.query('select from login_session')).toHaveLength(1);
    expect(await holder()).toBeUndefined();
  });
});
