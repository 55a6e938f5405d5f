/** Restores the plain text of pg_dump without psql, which is not installed everywhere that tests run. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

interface Part {
  sql: string;
  /** The lines that follow a COPY. */
  data?: string;
}

/** @param dsn leads to an empty database */
export async function restoreDump(dsn: string, dump: string): Promise<void> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  try {
    await client.query('begin');
    for (const { sql, data } of parts(dump)) {
      if (data === undefined) await client.query(sql);
      else await pipeline(Readable.from([data]), client.query(copyFrom(sql)));
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}

/** Statements end with a semicolon at the end of a line, the data of a COPY with `\.` on a line of its own. */
function* parts(dump: string): Generator<Part> {
  let statement: string[] = [];
  const lines = dump.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (statement.length === 0 && isIgnored(line)) continue;
    statement.push(line);
    if (!line.endsWith(';')) continue;
    const sql = statement.join('\n');
    statement = [];
    if (!/^COPY .* FROM stdin;$/.test(sql)) {
      yield { sql };
      continue;
    }
    const end = lines.indexOf('\\.', i);
    yield {
      sql: sql.slice(0, -1),
      data: lines
        .slice(i + 1, end)
        .map((row) => `${row}\n`)
        .join(''),
    };
    i = end;
  }
}

/** Comments, commands of psql, and extensions, which no table uses and not every user may create. */
const isIgnored = (line: string): boolean => line === '' || /^(?:--|\\|(?:CREATE|COMMENT ON) EXTENSION )/.test(line);
