import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { sqlState } from './sql-state.js';

export type BucketedTable = 'access_token' | 'use_mark';

export const BUCKETED_TABLES: readonly BucketedTable[] = ['access_token', 'use_mark'];

/** Largest number that fits the two bytes of a token. */
export const MAX_BUCKET = 65_535;

/** Already there (table, its row type, or its place in the parent): somebody else made it in the same moment. */
const MADE_BY_ANOTHER = new Set(['42P07', '23505', '42P17', '42710']);

/** Makes the partitions of tables that are kept by expiry. */
@Injectable()
export class Buckets {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Makes the partition of a bucket where it is missing; callers in several processes may do it at once. It is made aside
   * and attached, which holds no lock that inserts wait for. Nothing that was inserted before needs to move.
   */
  async ensure(table: BucketedTable, bucket: number): Promise<void> {
    const [found] = await this.dataSource.query<{ there: boolean }[]>(
      'select exists (select from pg_inherits where inhrelid = to_regclass($1) and inhparent = to_regclass($2)) as there',
      [bucketTable(table, bucket), table],
    );
    if (found?.there) return;
    try {
      // Several statements in one text are one transaction.
      await this.dataSource.query(createBucketSql(table, bucket));
    } catch (error) {
      if (!MADE_BY_ANOTHER.has(sqlState(error) ?? '')) throw error;
    }
  }
}

/** The buckets that have a partition now, in their order. */
export async function attachedBuckets(database: Pick<DataSource, 'query'>, table: BucketedTable): Promise<number[]> {
  const rows = await database.query<{ bucket: number }[]>(
    `select substring(part.relname from '[0-9]+$')::integer as bucket from pg_inherits link
join pg_class part on part.oid = link.inhrelid where link.inhparent = to_regclass($1) order by bucket`,
    [table],
  );
  return rows.map(({ bucket }) => bucket);
}

/** @throws for what is not a bucket number: it becomes part of an SQL text. */
export function bucketTable(table: BucketedTable, bucket: number): string {
  if (!Number.isInteger(bucket) || bucket < 0 || bucket > MAX_BUCKET) throw new Error(`Not a bucket: ${bucket}`);
  return `${table}_${bucket}`;
}

/** A bucket lives for a while and is dropped whole: vacuuming it because rows were inserted would be for nothing. */
function createBucketSql(table: BucketedTable, bucket: number): string {
  const name = bucketTable(table, bucket);
  return `
set local lock_timeout = '5s';
create table ${name} (like ${table} including all) with (autovacuum_vacuum_insert_threshold = -1);
alter table ${table} attach partition ${name} for values in (${bucket});`;
}
