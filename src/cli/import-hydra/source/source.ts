/** A database of Hydra as one moment saw it: every connection reads the same snapshot, in UTC, and cannot write. */
import type pg from 'pg';

export interface Source {
  /** The network whose rows are taken. */
  network: string;
  /** The columns of a table; undefined where the table is missing. */
  columnsOf(table: string): ReadonlySet<string> | undefined;
  /** Rows of a query in portions, each value as PostgreSQL writes it as text. $1 is the network, unless values are given. */
  portions<Row>(sql: string, values?: readonly unknown[]): AsyncIterable<Row[]>;
  /** One more connection, in the same snapshot, for COPY or another stream. The source closes it at the end. */
  connect(): Promise<pg.Client>;
}
