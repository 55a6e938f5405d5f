import type { DataSource } from 'typeorm';
import { BUCKETED_TABLES, type BucketedTable, bucketTable, MAX_BUCKET } from '../bucket-partitions.js';
import { endOfBucket } from '../buckets.js';
import type { MaintenanceTask } from './maintenance-task.js';

/** Clocks of replicas may differ by this much: a mark that is dropped early would allow a second use. */
const CLOCK_MARGIN_MS = 3_600_000;

interface Partition {
  table: BucketedTable;
  bucket: number;
  attached: boolean;
  /** A detach was started and not finished: its process ended, or it timed out. */
  detaching: boolean;
}

/**
 * Drops partitions whose rows have all expired, also those that were detached earlier and not dropped. Detaching
 * concurrently, outside a transaction, blocks nothing; dropping an attached partition would block every insert.
 */
export class DropBuckets implements MaintenanceTask {
  readonly name = 'drop expired buckets';

  constructor(private readonly dataSource: DataSource) {}

  async run(now: Date, signal: AbortSignal): Promise<void> {
    for (const partition of await this.partitions()) {
      if (signal.aborted) return;
      const end = endOfBucket(partition.bucket);
      if (end && end.getTime() + CLOCK_MARGIN_MS <= now.getTime()) await this.drop(partition);
    }
  }

  private async drop({ table, bucket, attached, detaching }: Partition): Promise<void> {
    const name = bucketTable(table, bucket);
    if (attached) {
      await this.dataSource.query(
        `alter table ${table} detach partition ${name} ${detaching ? 'finalize' : 'concurrently'}`,
      );
    }
    await this.dataSource.query(`drop table if exists ${name}`);
  }

  private async partitions(): Promise<Partition[]> {
    const rows = await this.dataSource.query<Partition[]>(PARTITIONS, [[...BUCKETED_TABLES]]);
    return rows.filter(({ bucket }) => bucket <= MAX_BUCKET);
  }
}

/** A partition with an unfinished detach comes first: PostgreSQL allows only one at a time. $1 parents. */
const PARTITIONS = `
select parent.relname as table, substring(part.relname from '[0-9]+$')::integer as bucket,
  link.inhrelid is not null as attached, coalesce(link.inhdetachpending, false) as detaching
from unnest($1::text[]) name
join pg_class parent on parent.oid = to_regclass(name)
join pg_class part on part.relnamespace = parent.relnamespace and part.relkind = 'r'
  and part.relname ~ ('^' || name || '_[0-9]{1,6}$')
left join pg_inherits link on link.inhrelid = part.oid and link.inhparent = parent.oid
order by detaching desc, bucket`;
