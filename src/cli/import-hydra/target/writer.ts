/** Writes a batch: its rows by COPY, and what they change in the ledger, in one transaction. */
import { once } from 'node:events';
import { from as copyFrom } from 'pg-copy-streams';
import type pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { Buckets } from '../../../database/bucket-partitions.js';
import { transaction } from '../../../database/transaction.js';
import type { CopyInput } from './copy-encoding.js';
import { EncodedRows } from './encoded-rows.js';
import { type NewRow, TARGET_TABLES, type TargetTable } from './target-tables.js';

export class Writer {
  private readonly buckets: Buckets;
  private readonly ensured = new Set<number>();

  constructor(private readonly target: DataSource) {
    this.buckets = new Buckets(target);
  }

  /**
   * The commit is not waited for: the ledger is part of it, so that after a crash of the database a run goes on where that
   * is. The end of the import is waited for, and with it all before. @param record is called in the same transaction
   */
  async write(rows: Iterable<NewRow> | EncodedRows, record: (manager: EntityManager) => Promise<void>): Promise<void> {
    const { inputs, buckets } = rows instanceof EncodedRows ? rows : EncodedRows.of(rows);
    await this.ensure(buckets);
    await transaction(this.target, async (manager) => {
      await record(manager); // first, so that of two imports that meet here one waits, and finds that the other has gone on
      await manager.query('set local synchronous_commit = off');
      const client = (await manager.queryRunner?.connect()) as pg.Client;
      for (const table of Object.keys(TARGET_TABLES) as TargetTable[]) {
        const input = inputs.get(table);
        if (input) await copy(client, input);
      }
    });
  }

  /** A partition is made in a transaction of its own: requests of a server must not wait for that of a batch. */
  private async ensure(buckets: ReadonlySet<number>): Promise<void> {
    for (const bucket of buckets) {
      if (this.ensured.has(bucket)) continue;
      await this.buckets.ensure('use_mark', bucket);
      this.ensured.add(bucket);
    }
  }
}

async function copy(client: pg.Client, input: CopyInput): Promise<void> {
  const stream = client.query(copyFrom(input.statement));
  const done = once(stream, 'finish');
  stream.end(input.end());
  await done;
}
