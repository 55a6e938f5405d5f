/**
 * What the engine of `import hydra` and the conversions of tables agree on. The engine reads, proves, writes and counts; a
 * conversion says what becomes of a row, and does no I/O.
 */
import type { Configuration } from '../../config/configuration.js';
import type { Source } from './source/source.js';
import type { EncodedTables } from './target/encoded-rows.js';
import type { NewRow } from './target/target-tables.js';

/** Reasons that several tables give. They are counted by their text, so that the same cause has the same words. */
export const REASONS = {
  otherNetwork: 'of another network',
  expired: 'expired',
  withoutClient: 'its client is not here',
  spentAndEnded: 'spent, of a grant that has ended',
  underWay: 'a flow under way: begun again',
  unreadable: 'sealed under a secret that is not listed',
  tlsKey: 'the TLS key of Hydra itself',
} as const;

/** What becomes of one row of Hydra's. Warnings name single rows; they never hold a secret, token or claim. */
export type Outcome = (LeftOut | Imported) & { warnings?: readonly string[] };

export interface LeftOut {
  leftOut: string;
}

interface Imported {
  rows: readonly NewRow[];
  /** Why the row is not as it was. */
  adapted?: readonly string[];
  /** Until when what was imported can be used as a credential. */
  liveUntil?: Date | 'infinity';
}

/** A value as PostgreSQL casts it to text, in UTC: booleans are `true` and `false`. */
export type Value = string | null;

/** How a column is read. */
export interface Column {
  /** An expression on the row `it` and the parameter $1, the network. Default: the column of that name. */
  sql?: string;
  /** An expression that stands in its place where an older schema lacks the column. Without it, the column is required. */
  orElse?: string;
}

/** The columns of a table that are read, by their names in the row. An expression (`sql`) is not looked for in the schema. */
export type Columns<Row> = Readonly<Record<keyof Row & string, Column>>;

/** A table of Hydra that is taken row by row, in the order of its key. */
export interface TableImport<Row extends Record<string, Value>> {
  name: string;
  /** What stands in place of the table after `from`, as the row `it`: a query in brackets. $1 is the network. */
  from?: string;
  columns: Columns<Row>;
  /**
   * An expression on the row `it`: text, unique within the network, the order of reading. The key of the last row that was
   * written is the place where a killed run goes on. The comparison is by bytes.
   */
  key: string;
  /** Columns with sealed values (the envelope, or plain JSON), which are opened before anything is written. */
  sealed?: readonly (keyof Row & string)[];
  convert(row: Row, taking: Taking): Outcome;
}

/** A table that may have millions of rows: it is read by COPY, and converted by other threads. */
export interface LargeTableImport<Row extends Record<string, Value>> extends TableImport<Row> {
  isLarge: true;
  convert(row: Row, taking: PlainTaking): Outcome;
}

/** The part of `Taking` that is plain data, which can be sent to another thread. */
export interface PlainTaking extends Pick<Taking, 'now' | 'clientKeys'> {
  configuration: { secrets: { system: readonly string[] } };
}

/** A table of which nothing is imported: only counted. */
export interface TableLeftOut {
  name: string;
  /** Whether older schemas lack the table. */
  optional?: boolean;
  /**
   * An expression on the row `it` that gives the reason as text; $2 is when the import began. It may use only columns that
   * every schema has.
   */
  reason: string;
}

/** What a conversion may know. */
export interface Taking {
  /** When the import began, also in a run that goes on. */
  now: Date;
  configuration: Configuration;
  envelopes: Opener;
  /** Whether rows were found that no secret opens, and are to be left out. */
  leavesUnreadable: boolean;
  /** How many rows of the source a batch should hold. */
  batchRows: number;
  /** How many other threads open and convert rows. 0: this one does. */
  threads: number;
  /** The keys of all imported clients, by client_id. */
  clientKeys: ReadonlyMap<string, string>;
  /** The key of an imported client, by its client_id; undefined where it was left out. */
  clientKey(clientId: string): string | undefined;
  /** A key for the next client; a run that goes on continues the numbers. Clients are told with `addClient`. */
  addClient(clientId: string): string;
}

/** Opens what Hydra sealed. */
export interface Opener {
  /** Undefined where no listed secret opens the value. */
  open(value: string): Opened | undefined;
}

export interface Opened {
  text: string;
  /** The place of the secret in the list; undefined where the value was not sealed. */
  secret: number | undefined;
}

/**
 * A part of the import that writes in batches. Tables that are taken row by row are one stage each; the tokens, which are
 * read in families, are one stage together.
 */
export interface Stage {
  /** The tables of the source that the stage takes. */
  tables: readonly StageTable[];
  /** Tries to open each sealed value. */
  prove?(source: Source, proving: Proving): Promise<readonly Proof[]>;
  /** Reads and converts, from after the place on; the same batches come whether they are written or not. */
  batches(source: Source, taking: Taking, after: string | undefined): AsyncIterable<Batch>;
}

export interface StageTable {
  name: string;
  optional?: boolean;
  /** Without these columns the source is refused. */
  required: readonly string[];
}

export interface Proving {
  envelopes: Opener;
  /** The system secrets. */
  secrets: readonly string[];
  /** How many other threads open the sessions of tokens. 0: this one does. */
  threads: number;
  progress: Progress;
}

/** How many rows of a table of the network were read since the last call. */
type Progress = (table: string, rows: number) => void;

/** What the proof found in one table. */
export interface Proof {
  table: string;
  /** Rows with a sealed value, or a plain one in its place. */
  rows: number;
  unreadable: number;
  /** Rows that each secret opened, in the order of the list. */
  opened: readonly number[];
}

/** What is written in one transaction, with the place where a killed run goes on. */
export interface Batch {
  /** Iterated once at most: a dry run does not need them. */
  rows: Iterable<NewRow> | EncodedTables;
  /** What the batch adds, by table of the source. */
  tallies: Readonly<Record<string, Tally>>;
  place: string;
}

export interface Tally {
  imported: number;
  /** Rows by reason. */
  adapted: Readonly<Record<string, number>>;
  leftOut: Readonly<Record<string, number>>;
  liveUntil?: Date | 'infinity';
  warnings?: readonly string[];
}
