/**
 * Named prepared statements on the connection pool of TypeORM's driver, for the hot paths. One statement is one round trip;
 * its name is its identity on the connection, so that one name always has one text.
 */
import { Injectable } from '@nestjs/common';
import type { Pool, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { ConfigHolder } from '../config/config-holder.js';
import { type BatchLimits, MicroBatch, type SendBatch } from './micro-batch.js';
import { isOutdatedPlan } from './sql-state.js';
import { DatabaseLoad } from './waiting-queue.js';

export interface Statement {
  /** At most 63 characters, unique for its text. */
  name: string;
  text: string;
}

/** Observes a statement by its name, for tracing. */
type StatementWatch = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

@Injectable()
export class Statements {
  private watch: StatementWatch | undefined;
  /** When the database last responded, by `performance.now()`. */
  private answeredAt = -Infinity;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: ConfigHolder,
    private readonly waits: DatabaseLoad,
  ) {}

  /** Calls that are sent together as one statement, and wait for it no longer than for a connection. */
  batch<Item, Result>(send: SendBatch<Item, Result>, limits?: BatchLimits): MicroBatch<Item, Result> {
    return new MicroBatch(send, this.waits, limits);
  }

  /**
   * Runs the statement and returns its rows. Behind an old pooler (`database.prepared: off`) it is sent without its name.
   * The pool's own `query` would close the connection after every error, also after one that PostgreSQL reported.
   * @throws AnswerLost where the connection was lost before the response: see `decided`
   */
  run<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
    if (!this.watch) return this.send<Row>(statement, values);
    return this.watch(statement.name, () => this.send<Row>(statement, values));
  }

  /** From now on every statement is observed. */
  watchWith(watch: StatementWatch): void {
    this.watch = watch;
  }

  /** The maximum number of connections. */
  get connections(): number {
    return this.pool.options.max;
  }

  /** The use of the connections at this moment. */
  get load(): { busy: number; idle: number; waiting: number } {
    const { totalCount, idleCount } = this.pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: this.waits.waiting };
  }

  /** Whether the database has responded since that moment, by `performance.now()`. */
  answeredSince(moment: number): boolean {
    return this.answeredAt >= moment;
  }

  private async send<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
    const named = this.config.current.database.prepared !== 'off';
    const client = await this.pool.connect();
    try {
      const { rows } = await client.query<Row>({ ...(named ? statement : { text: statement.text }), values });
      this.answeredAt = performance.now();
      return rows;
    } catch (error) {
      if (!named || !isOutdatedPlan(error)) throw error;
      return (await client.query<Row>({ text: statement.text, values })).rows;
    } finally {
      client.release(); // a connection with a fault is closed; another one prepares the statement anew
    }
  }

  private get pool(): Pool {
    return (this.dataSource.driver as PostgresDriver).master as Pool;
  }
}
