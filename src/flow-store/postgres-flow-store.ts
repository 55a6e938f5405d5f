/**
 * Flows in the UNLOGGED table `flow`, for operators without Redis. A crash of PostgreSQL empties the table: users have to
 * start their login again. A step updates its row in place. Errors of the driver are passed on unchanged.
 */
import { decided, repeated } from '../database/decided.js';
import type { Statement, Statements } from '../database/statements.js';
import {
  COUNT,
  COUNTED,
  GET,
  PING,
  POLL,
  PUT,
  READ_TRANSITION,
  REMOVE,
  SWEEP_FLOWS,
  TIME,
  TRANSITION,
  TRANSITION_AND_PUT,
} from './flow.statements.js';
import type { FlowStore, Pace, StoredCount, StoredFlow, StoredRecord } from './flow-store.js';

interface CountRow {
  [column: string]: unknown;
  version: number;
  keep_until: Date;
}

export class PostgresFlowStore implements FlowStore {
  constructor(private readonly statements: Statements) {}

  async put(key: Buffer, value: Buffer, keepForMs: number): Promise<void> {
    const values = [key, value, until(keepForMs)];
    await repeated(() => this.statements.run(PUT, values));
  }

  async get(key: Buffer): Promise<StoredFlow | undefined> {
    const [row] = await this.statements.run<StoredFlow & Record<string, unknown>>(GET, [key, new Date()]);
    return row;
  }

  async transition(key: Buffer, expectedVersion: number, next: Buffer, alsoPut?: StoredRecord): Promise<boolean> {
    const values = [key, expectedVersion, next, new Date()];
    const put = alsoPut && [alsoPut.key, alsoPut.value, until(alsoPut.keepForMs)];
    const send = (): Promise<boolean> =>
      put ? this.found(TRANSITION_AND_PUT, [...values, ...put]) : this.found(TRANSITION, values);
    const readBack = async (): Promise<true | undefined> =>
      (await this.found(READ_TRANSITION, [key, expectedVersion + 1, next])) || undefined;
    return decided({ send, isDone: (done) => done, readBack });
  }

  async poll(
    key: Buffer,
    { everyMs, slowerByMs, toleranceMs }: Pace,
  ): Promise<(StoredFlow & { inTime: boolean }) | undefined> {
    const values = [key, new Date(), everyMs, slowerByMs, toleranceMs];
    const [row] = await this.statements.run<StoredFlow & { inTime: boolean } & Record<string, unknown>>(POLL, values);
    return row;
  }

  async remove(key: Buffer): Promise<void> {
    await repeated(() => this.statements.run(REMOVE, [key]));
  }

  async count(key: Buffer, windowMs: number): Promise<StoredCount> {
    const now = Date.now();
    const values = [key, new Date(now + windowMs), new Date(now)];
    const [row] = await this.statements.run<CountRow>(COUNT, values);
    return row ? countOf(row, now) : { count: 1, remainingMs: windowMs };
  }

  async counted(key: Buffer): Promise<StoredCount | undefined> {
    const now = Date.now();
    const [row] = await this.statements.run<CountRow>(COUNTED, [key, new Date(now)]);
    return row && countOf(row, now);
  }

  async time(): Promise<number> {
    const [row] = await this.statements.run<{ ms: number }>(TIME, []);
    return Math.floor(row?.ms ?? Date.now());
  }

  async ping(): Promise<void> {
    await this.statements.run(PING, []);
  }

  /** Deletes at most `limit` records whose lifetime ended before `now`; returns their number. Replicas may run together. */
  async sweep(now: Date, limit: number): Promise<number> {
    return (await this.statements.run(SWEEP_FLOWS, [now, limit])).length;
  }

  private async found(statement: Statement, values: unknown[]): Promise<boolean> {
    return (await this.statements.run(statement, values)).length === 1;
  }
}

const until = (keepForMs: number): Date => new Date(Date.now() + keepForMs);

function countOf(row: CountRow, now: number): StoredCount {
  return { count: row.version, remainingMs: row.keep_until.getTime() - now };
}
