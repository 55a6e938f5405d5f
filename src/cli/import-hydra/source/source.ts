/** A database of Hydra as one moment saw it. */
import type pg from 'pg';
import type { SourceAddress } from './source-address.js';

export interface Source {
  /** The network whose rows are taken. */
  readonly network: string;
  /** The columns of a table; undefined where the table is missing. */
  columnsOf(table: string): ReadonlySet<string> | undefined;
  /** Rows of a query in portions, each value as PostgreSQL writes it as text. $1 is the network, unless values are given. */
  portions<Row extends object>(query: SourceQuery): AsyncIterable<Row[]>;
  /** With it a worker opens a connection of its own to the same snapshot. */
  readonly session: SourceSession;
  /** One more connection, in the same snapshot, for COPY or another stream. The source closes it at the end. */
  connect(): Promise<pg.Client>;
}

export interface SourceSession {
  address: SourceAddress;
  /** Lives as long as the source is open. */
  snapshot: string;
}

export interface SourceQuery {
  sql: string;
  /** Default: the network. */
  values?: readonly unknown[];
  /** How many rows come at once. */
  rows: number;
}
