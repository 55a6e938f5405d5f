import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { sqlState } from './sql-state.js';

export type BucketedTable = 'access_token' | 'use_mark';

export const BUCKETED_TABLES: readonly BucketedTable[] = ['access_token', 'use_mark'];

/** The largest number that fits the two bytes in a token. */
export const MAX_BUCKET = 65_535;

/** It exists already (table, row type, or place in the parent): another process created it at the same moment. */
const MADE_BY_ANOTHER = new Set(['42P07', '23505', '42P17', '42710']);

/** Creates the partitions of tables that are divided by expiry. */
@Injectable()
export class Buckets {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Creates the partition of a bucket where it is missing; several processes may do it at once. It is created separately
   * and then attached, which takes no lock that inserts wait for. Earlier rows need not move.
   */
  async ensure(table: BucketedTable, bucket: number): Promise<void> {
    const [found] = await this.dataSource.query<{ there: boolean }[]>(
      'select exists (select from pg_inherits where inhrelid = to_regclass($1) and inhparent = to_regclass($2)) as there',
      [bucketTable(table, bucket), table],
    );
    if (found?.there) {
      await this.settle(table, bucket);
      return;
    }
    try {
      // Several statements in one text run in one transaction.
      await this.dataSource.query(createBucketSql(table, bucket));
    } catch (error) {
      if (!MADE_BY_ANOTHER.has(sqlState(error) ?? '')) throw error;
      await this.settle(table, bucket);
    }
  }

  /**
   * Waits until every connection finds the partition. Its creator makes it visible in the catalog first, then notifies the
   * other connections, and releases its lock at last: this statement waits for that lock.
   */
  private async settle(table: BucketedTable, bucket: number): Promise<void> {
    await this.dataSource.query(`select from ${bucketTable(table, bucket)} limit 0`);
  }
}

/** The buckets that have a partition now, in ascending order. */
export async function attachedBuckets(database: Pick<DataSource, 'query'>, table: BucketedTable): Promise<number[]> {
  const rows = await database.query<{ bucket: number }[]>(
    `select substring(part.relname from '[0-9]+$')::integer as bucket from pg_inherits link
join pg_class part on part.oid = link.inhrelid where link.inhparent = to_regclass($1) order by bucket`,
    [table],
  );
  return rows.map(({ bucket }) => bucket);
}

/** @throws where the value is not a bucket number: it becomes part of an SQL text */
export function bucketTable(table: BucketedTable, bucket: number): string {
  if (!Number.isInteger(bucket) || bucket < 0 || bucket > MAX_BUCKET) throw new Error(`Not a bucket: ${bucket}`);
  return `${table}_${bucket}`;
}

/** A bucket lives for a while and is dropped whole, so that a vacuum after inserts would be wasted. */
function createBucketSql(table: BucketedTable, bucket: number): string {
  const name = bucketTable(table, bucket);
  return `
set local lock_timeout = '5s';
create table ${name} (like ${table} including all) with (autovacuum_vacuum_insert_threshold = -1);
alter table ${table} attach partition ${name} for values in (${bucket});`;
}
