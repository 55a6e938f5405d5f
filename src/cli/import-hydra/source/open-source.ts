/**
 * Opens a database of Hydra for reading: one transaction that sees one moment, cannot write, and speaks of time in UTC
 * whatever the machine, the role and the database have set.
 */
import pg from 'pg';
import { DatabaseUnreachable } from '../../../database/database-unreachable.js';
import { FetchSize } from './fetch-size.js';
import type { SourceAddress } from './source-address.js';
import type { Source, SourceQuery, SourceSession } from './source.js';

const CONNECT_TIMEOUT_MS = 10_000;
export const APPLICATION_NAME = 'ostiary import';

/** Settings of the transaction alone, so that they also hold behind a pooler. Which of the limits exist depends on the version. */
const SETTINGS = `set local time zone 'UTC';
set local datestyle = 'ISO, YMD';
select set_config(name, '0', true) from pg_settings
where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;

/** node-postgres would read moments in the zone of this machine, and lose digits of large numbers. */
const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: string | Buffer) => text };

interface SourceTable {
  columns: ReadonlySet<string>;
  isReadable: boolean;
}

export class OpenSource implements Source {
  /** Set once it is known which networks there are. */
  network = '';
  private tables = new Map<string, SourceTable>();
  private readonly others: pg.Client[] = [];
  private cursors = 0;

  private constructor(
    readonly session: SourceSession,
    private readonly client: pg.Client,
  ) {}

  /** @throws DatabaseUnreachable */
  static async open(address: SourceAddress): Promise<OpenSource> {
    const client = await connectToSource({ address });
    const { rows } = await client.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const source = new OpenSource({ address, snapshot: rows[0]?.snapshot ?? '' }, client);
    source.tables = await tablesOf(client);
    return source;
  }

  get place(): string {
    return this.session.address.place;
  }

  columnsOf(table: string): ReadonlySet<string> | undefined {
    return this.tables.get(table)?.columns;
  }

  /** Tables that this role may not read. */
  closedTables(): string[] {
    return [...this.tables].flatMap(([name, { isReadable }]) => (isReadable ? [] : [name])).sort();
  }

  /** Every table whose name begins with `hydra_`. */
  hydraTables(): string[] {
    return [...this.tables.keys()].filter((name) => name.startsWith('hydra_')).sort();
  }

  /** Each value as text. */
  async rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>({ text: sql, values: [...values], types: AS_TEXT })).rows;
  }

  async *portions<Row extends object>({ sql, values = [this.network], rows }: SourceQuery): AsyncIterable<Row[]> {
    const name = `read_${++this.cursors}`;
    await this.rows(`declare ${name} no scroll cursor for ${sql}`, values);
    const fetched = new FetchSize();
    for (;;) {
      const portion: Row[] = [];
      fetched.begin(rows);
      while (fetched.size > 0) {
        const some = await this.rows<Row>(`fetch ${fetched.size} from ${name}`);
        portion.push(...some);
        fetched.add(some);
      }
      if (portion.length === 0) break;
      yield portion;
    }
    await this.rows(`close ${name}`);
  }

  async connect(): Promise<pg.Client> {
    const client = await connectToSource(this.session);
    this.others.push(client);
    return client;
  }

  /** Nothing has to be rolled back: nothing was written. */
  async close(): Promise<void> {
    await Promise.all([this.client, ...this.others].map((client) => client.end().catch(() => undefined)));
  }
}

/** @throws DatabaseUnreachable */
async function connectToSource({
  address: { url, place, searchPath },
  snapshot,
}: Omit<SourceSession, 'snapshot'> & { snapshot?: string }): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  client.on('error', () => undefined); // the statement that runs, or the next one, reports it
  try {
    await client.connect();
    await client.query('begin transaction isolation level repeatable read, read only');
    if (snapshot !== undefined) await client.query(`set transaction snapshot ${client.escapeLiteral(snapshot)}`);
    await client.query(SETTINGS);
    if (searchPath !== undefined) await client.query(`select set_config('search_path', $1, true)`, [searchPath]);
    return client;
  } catch (error) {
    void client.end();
    throw new DatabaseUnreachable(place, error);
  }
}

/** The tables that an unqualified name finds. */
async function tablesOf(client: pg.Client): Promise<Map<string, SourceTable>> {
  const { rows } = await client.query<{ name: string; columns: string[]; is_readable: boolean }>(`
select c.relname::text as name, array_agg(a.attname::text) as columns, has_table_privilege(c.oid, 'select') as is_readable
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'p', 'f') and pg_table_is_visible(c.oid)
  and (c.relname like 'hydra\\_%' or c.relname in ('networks', 'schema_migration'))
group by c.oid, c.relname`);
  return new Map(
    rows.map(({ name, columns, is_readable: isReadable }) => [name, { columns: new Set(columns), isReadable }]),
  );
}
