/** Writes a batch: its rows by COPY, and what they change in the ledger, in one transaction. */
import { once } from 'node:events';
import { from as copyFrom } from 'pg-copy-streams';
import type pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { Buckets } from '../../../database/bucket-partitions.js';
import { transaction } from '../../../database/transaction.js';
import { copyStatement } from './copy-encoding.js';
import { EncodedRows, type EncodedTables } from './encoded-rows.js';
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
  async write(
    rows: Iterable<NewRow> | EncodedTables,
    record: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    const inputs = rows instanceof Map ? (rows as EncodedTables) : await this.encode(rows as Iterable<NewRow>);
    await transaction(this.target, async (manager) => {
      await record(manager); // first, so that of two imports that meet here one waits, and finds that the other has gone on
      await manager.query('set local synchronous_commit = off');
      const client = (await manager.queryRunner?.connect()) as pg.Client;
      for (const table of Object.keys(TARGET_TABLES) as TargetTable[]) {
        const input = inputs.get(table);
        if (input) await copy(client, table, input);
      }
    });
  }

  private async encode(rows: Iterable<NewRow>): Promise<EncodedTables> {
    const encoded = new EncodedRows();
    const buckets = new Set<number>();
    for (const row of rows) {
      encoded.add(row);
      if (row.table === 'use_mark' && row.values.bucket !== null) buckets.add(row.values.bucket ?? 0);
    }
    await this.ensure(buckets);
    return encoded.end();
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

async function copy(client: pg.Client, table: TargetTable, input: Uint8Array<ArrayBuffer>): Promise<void> {
  const stream = client.query(copyFrom(copyStatement(table)));
  const done = once(stream, 'finish');
  stream.end(Buffer.from(input.buffer, input.byteOffset, input.byteLength));
  await done;
}
