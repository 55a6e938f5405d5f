/** Rows of a large query, by COPY in its text format: a quarter of the time that a cursor takes. */
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** The values of the columns in their order; NULL is null. */
export type CopiedRow = (string | null)[];

const NEWLINE = 10;
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

/** @param select has no parameters: COPY knows none */
export async function* copyRows(client: pg.ClientBase, select: string): AsyncGenerator<CopiedRow[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of client.query(copyTo(`copy (${select}) to stdout`)) as AsyncIterable<Buffer>) {
    const read = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = read.lastIndexOf(NEWLINE);
    rest = read.subarray(end + 1);
    if (end >= 0) yield rowsOf(read.toString('utf8', 0, end));
  }
  if (rest.length > 0) throw new Error('The answer of the source ended within a row.');
}

/** @param text whole lines, without the end of the last one */
export function rowsOf(text: string): CopiedRow[] {
  return text.split('\n').map((line) => {
    const fields: CopiedRow = line.split('\t');
    return line.includes('\\') ? fields.map((field) => valueOf(field ?? '')) : fields;
  });
}

function valueOf(field: string): string | null {
  if (field === '\\N') return null;
  return field.includes('\\') ? field.replace(/\\([^]?)/g, (_, letter: string) => unescaped(letter)) : field;
}

function unescaped(letter: string): string {
  const character = ESCAPED[letter];
  if (character === undefined) throw new Error('The answer of the source is not in the text format of COPY.');
  return character;
}
