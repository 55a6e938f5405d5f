/** A large query by COPY in its text format: a quarter of the time that a cursor takes. */
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { NEWLINE } from './copy-rows.js';

/** Whole lines, each a row, with their ends. @param select has no parameters: COPY knows none */
export async function* copyLines(client: pg.ClientBase, select: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of client.query(copyTo(`copy (${select}) to stdout`)) as AsyncIterable<Buffer>) {
    const read = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = read.lastIndexOf(NEWLINE) + 1;
    rest = read.subarray(end);
    if (end > 0) yield read.subarray(0, end);
  }
  if (rest.length > 0) throw new Error('The answer of the source ended within a row.');
}
