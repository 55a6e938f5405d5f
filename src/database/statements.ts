/**
 * Named prepared statements on the pool of TypeORM's driver: the way of the hot paths. One statement is one round trip;
 * its name is its identity on the connection, so one name always has one text.
 */
import { Injectable } from '@nestjs/common';
import type { Pool, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { ConfigHolder } from '../config/config-holder.js';
import { isOutdatedPlan } from './sql-state.js';
import { isUnavailable } from './unavailable.js';

export interface Statement {
  /** At most 63 characters, unique for its text. */
  name: string;
  text: string;
}

/** Follows a statement by its name: how tracing looks on. */
export type StatementWatch = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

@Injectable()
export class Statements {
  private watch: StatementWatch | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Runs the statement and gives its rows. Behind an old pooler (`database.prepared: off`) it goes without its name.
   * The pool's own `query` would close the connection after every error, also after one that PostgreSQL merely answered.
   */
  run<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
    if (!this.watch) return this.send<Row>(statement, values);
    return this.watch(statement.name, () => this.send<Row>(statement, values));
  }

  /** From now on every statement is followed. */
  watchWith(watch: StatementWatch): void {
    this.watch = watch;
  }

  /** How the connections are used at this moment. */
  get load(): { busy: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  private async send<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
    const named = this.config.current.database.prepared !== 'off';
    const client = await this.pool.connect();
    let broken = false;
    try {
      const { rows } = await client.query<Row>({ ...(named ? statement : { text: statement.text }), values });
      return rows;
    } catch (error) {
      broken = isUnavailable(error) || isOutdatedPlan(error); // another connection prepares anew
      if (!named || !isOutdatedPlan(error)) throw error;
      return (await client.query<Row>({ text: statement.text, values })).rows;
    } finally {
      client.release(broken);
    }
  }

  private get pool(): Pool {
    return (this.dataSource.driver as PostgresDriver).master as Pool;
  }
}
