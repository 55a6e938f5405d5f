/** Writes a batch: its rows by COPY, and what they change in the ledger, in one transaction. */
import { once } from 'node:events';
import { from as copyFrom } from 'pg-copy-streams';
import type pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { Buckets } from '../../../database/bucket-partitions.js';
import { transaction } from '../../../database/transaction.js';
import { CopyInput } from './copy-encoding.js';
import { type NewRow, TARGET_TABLES, type TargetTable } from './target-tables.js';

export class Writer {
  private readonly buckets: Buckets;
  private readonly ensured = new Set<number>();

  constructor(private readonly target: DataSource) {
    this.buckets = new Buckets(target);
  }

  /** @param record is called in the same transaction */
  async write(rows: Iterable<NewRow>, record: (manager: EntityManager) => Promise<void>): Promise<void> {
    const { inputs, buckets } = encoded(rows);
    await this.ensure(buckets);
    await transaction(this.target, async (manager) => {
      await record(manager); // first, so that of two imports that meet here one waits, and finds that the other has gone on
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

/** The rows of each table, and the buckets of use marks among them. */
function encoded(rows: Iterable<NewRow>): { inputs: Map<TargetTable, CopyInput>; buckets: Set<number> } {
  const inputs = new Map<TargetTable, CopyInput>();
  const buckets = new Set<number>();
  for (const { table, values } of rows) {
    const input = inputs.get(table) ?? new CopyInput(table);
    inputs.set(table, input);
    input.add(values);
    if (table === 'use_mark' && typeof values.bucket === 'number') buckets.add(values.bucket);
  }
  return { inputs, buckets };
}

async function copy(client: pg.Client, input: CopyInput): Promise<void> {
  const stream = client.query(copyFrom(input.statement));
  const done = once(stream, 'finish');
  stream.end(input.end());
  await done;
}
