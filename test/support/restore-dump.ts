/** Restores the plain text of pg_dump without psql, which is not installed everywhere that tests run. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { dumpParts } from './dump-text.js';

/** @param dsn leads to an empty database */
export async function restoreDump(dsn: string, dump: string): Promise<void> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  try {
    await client.query('begin');
    for (const { sql, data } of dumpParts(dump)) {
      if (data === undefined) await client.query(sql);
      else await pipeline(Readable.from([data]), client.query(copyFrom(sql)));
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}
