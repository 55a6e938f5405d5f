import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Buckets } from '../../../src/database/bucket-partitions.js';
import { connectForRequests } from '../../../src/database/data-source.js';
import { DropBuckets } from '../../../src/database/maintenance/drop-buckets.js';
import { MakeBuckets } from '../../../src/database/maintenance/make-buckets.js';
import { isMissingPartition } from '../../../src/database/sql-state.js';
import { uuidText, uuidV7 } from '../../../src/crypto/random.js';
import { configured, open, type Opened } from './connections.js';

const DAY_MS = 86_400_000;
const now = new Date('2026-06-15T12:00:00Z');
const today = Math.floor(now.getTime() / DAY_MS);
const signal = new AbortController().signal;

describe('buckets', () => {
  let opened: Opened;
  let buckets: Buckets;

  beforeAll(async () => {
    opened = await open();
    buckets = new Buckets(opened.dataSource);
  });
  afterAll(() => opened.close());

  const query = <T>(text: string, values: unknown[] = []): Promise<T[]> => opened.dataSource.query<T[]>(text, values);
  const insert = (bucket: number): Promise<unknown> =>
    query('insert into access_token (bucket, id, client_key, issued_at, expires_at) values ($1, $2, 1, $3, $3)', [
      bucket,
      uuidText(uuidV7(now)),
      now,
    ]);
  const partitions = async (table: string): Promise<string[]> =>
    (
      await query<{ name: string }>(
        'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1',
        [table],
      )
    ).map(({ name }) => name);

  it('do not exist before they are created, and an insert reports that', async () => {
    await expect(insert(101)).rejects.toSatisfy(isMissingPartition);
    await buckets.ensure('access_token', 101);
    await insert(101);
  });

  it('may be created by many processes at once', async () => {
    const other = await connectForRequests(opened.database.dsn, []);
    const makers = Array.from({ length: 8 }, (_, i) => (i % 2 ? buckets : new Buckets(other)));
    await Promise.all(makers.map((maker) => maker.ensure('use_mark', 102)));
    await other.destroy();
    expect(await partitions('use_mark')).toContain('use_mark_102');
  });

  it('are reported as there only when the process that creates one has released it, so that every insert finds it', async () => {
    await buckets.ensure('use_mark', 104);
    const creator = new Client({ connectionString: opened.database.dsn });
    await creator.connect();
    await creator.query('begin; lock table use_mark_104 in access exclusive mode');
    let isDone = false;
    const ensured = buckets.ensure('use_mark', 104).then(() => (isDone = true));
    const waiting = `select from pg_locks where not granted and relation = 'use_mark_104'::regclass`;
    await expect.poll(async () => (await creator.query(waiting)).rowCount).toBe(1);
    expect(isDone).toBe(false);
    await creator.query('commit');
    await ensured;
    await creator.end();
  });

  it('are refused unless their number is from 0 to 65535', async () => {
    for (const bucket of [-1, 65_536, 1.5, Number.NaN])
      await expect(buckets.ensure('use_mark', bucket)).rejects.toThrow();
  });

  it('can be attached and dropped while rows are inserted', async () => {
    await buckets.ensure('access_token', 103);
    await buckets.ensure('access_token', today + 1);
    let inserting = true;
    let inserted = 0;
    const stream = Promise.all(
      [1, 2, 3].map(async () => {
        for (; inserting; inserted++) await insert(today + 1);
      }),
    );
    const before = inserted;
    for (let bucket = 110; bucket < 116; bucket++) await buckets.ensure('access_token', bucket);
    await insert(115);
    await new DropBuckets(opened.dataSource).run(now, signal);
    inserting = false;
    await stream;
    expect(inserted).toBeGreaterThan(before);
    expect(await partitions('access_token')).toEqual(['access_token_0', `access_token_${today + 1}`]);
    expect(await query(`select to_regclass('access_token_115') as gone`)).toEqual([{ gone: null }]);
  });

  it('are dropped only after their end and a margin for clock differences', async () => {
    const end = (today + 4) * DAY_MS;
    await buckets.ensure('access_token', today + 3);
    const drop = new DropBuckets(opened.dataSource);
    await drop.run(new Date(end + 3_599_999), signal);
    expect(await partitions('access_token')).toContain(`access_token_${today + 3}`);
    await drop.run(new Date(end + 3_600_000), signal);
    expect(await partitions('access_token')).not.toContain(`access_token_${today + 3}`);
  });

  it('are dropped also if their detaching was interrupted, or if they were detached and not dropped', async () => {
    await buckets.ensure('use_mark', 120);
    await buckets.ensure('use_mark', 121);
    // A reader makes the detaching wait until its timeout.
    const reader = opened.dataSource.createQueryRunner();
    await reader.startTransaction();
    await reader.query('select count(*) from use_mark');
    const detaching = opened.dataSource.createQueryRunner();
    await detaching.query(`set lock_timeout = '100ms'`);
    await expect(detaching.query('alter table use_mark detach partition use_mark_120 concurrently')).rejects.toThrow();
    await detaching.query('reset lock_timeout');
    await detaching.release();
    await reader.rollbackTransaction();
    await reader.release();
    const [pending] = await query('select count(*)::integer as n from pg_inherits where inhdetachpending');
    expect(pending).toEqual({ n: 1 });
    await query('create table use_mark_122 (like use_mark)');

    await new DropBuckets(opened.dataSource).run(now, signal);
    const left = await query(
      `select relname from pg_class where relname in ('use_mark_120', 'use_mark_121', 'use_mark_122')`,
    );
    expect(left).toEqual([]);
  });

  it('are created ahead for use marks and for the configured lifetime of tokens', async () => {
    const config = configured();
    const make = new MakeBuckets(buckets, config);
    await make.run(now, signal);
    expect(await partitions('use_mark')).toEqual(
      expect.arrayContaining([0, 1, 2].map((day) => `use_mark_${today + day}`)),
    );
    config.replace({ ...config.current, ttl: { ...config.current.ttl, access_token: 10 * 86_400 } });
    await make.run(now, signal);
    expect(await partitions('access_token')).toEqual(
      expect.arrayContaining([0, 1, 2, 10, 11, 12].map((day) => `access_token_${today + day}`)),
    );
  });

  it('that a query names as a literal are the only ones it reads, with a generic or a custom plan', async () => {
    for (const mode of ['force_generic_plan', 'force_custom_plan']) {
      const runner = opened.dataSource.createQueryRunner();
      await runner.query(`set plan_cache_mode = ${mode}`);
      const name = `look_${mode}`;
      await runner.query(
        `prepare ${name} (uuid) as select digest from access_token where bucket = ${today} and id = $1`,
      );
      const explain = `explain execute ${name} ('00000000-0000-0000-0000-000000000001')`;
      const plan = (await runner.query(explain)) as Record<string, string>[];
      const text = plan.map((line) => line['QUERY PLAN']).join('\n');
      expect(new Set(text.match(/access_token_\d+/g))).toEqual(new Set([`access_token_${today}`]));
      await runner.query('reset plan_cache_mode');
      await runner.release();
    }
  });
});
