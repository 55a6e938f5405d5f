/** The plain text of pg_dump, taken apart: statements, and the rows that a COPY brings. */

export interface DumpPart {
  sql: string;
  /** The lines that follow a COPY. */
  data?: string;
}

export type DumpRow = Record<string, string | null>;

const COPY = /^COPY public\.(\w+) \((.*)\) FROM stdin;?$/;

/** Statements end with a semicolon at the end of a line, the data of a COPY with `\.` on a line of its own. */
export function* dumpParts(dump: string): Generator<DumpPart> {
  let statement: string[] = [];
  const lines = dump.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (statement.length === 0 && isIgnored(line)) continue;
    statement.push(line);
    if (!line.endsWith(';')) continue;
    const sql = statement.join('\n');
    statement = [];
    if (!COPY.test(sql)) {
      yield { sql };
      continue;
    }
    const end = lines.indexOf('\\.', i);
    yield { sql: sql.slice(0, -1), data: textOfLines(lines.slice(i + 1, end)) };
    i = end;
  }
}

/** Comments, commands of psql, and extensions, which no table uses and not every user may create. */
const isIgnored = (line: string): boolean => line === '' || /^(?:--|\\|(?:CREATE|COMMENT ON) EXTENSION )/.test(line);

/** The rows of every table, by its name. */
export function dumpTables(dump: string): Record<string, DumpRow[]> {
  const tables: Record<string, DumpRow[]> = {};
  for (const { sql, data } of dumpParts(dump)) {
    const [, table = '', columns = ''] = COPY.exec(sql) ?? [];
    if (data === undefined) continue;
    const names = columns.split(', ');
    tables[table] = data
      .split('\n')
      .slice(0, -1)
      .map((line) => rowOf(names, line.split('\t')));
  }
  return tables;
}

const rowOf = (names: readonly string[], values: readonly string[]): DumpRow =>
  Object.fromEntries(values.map((value, i) => [names[i] ?? '', unescaped(value)]));

/** The same statements with other rows. */
export function dumpWith(dump: string, tables: Record<string, DumpRow[]>): string {
  const parts = [...dumpParts(dump)].map(({ sql, data }) => {
    const [, table = '', columns = ''] = COPY.exec(sql) ?? [];
    if (data === undefined) return sql;
    const lines = (tables[table] ?? []).map((row) =>
      columns
        .split(', ')
        .map((name) => escaped(row[name] ?? null))
        .join('\t'),
    );
    return `${sql};\n${textOfLines(lines)}\\.`;
  });
  return `${parts.join('\n\n')}\n`;
}

const textOfLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const LETTERS: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

const unescaped = (value: string): string | null =>
  value === '\\N' ? null : value.replace(/\\(.)/g, (_, letter: string) => LETTERS[letter] ?? letter);

function escaped(value: string | null): string {
  if (value === null) return '\\N';
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
}
