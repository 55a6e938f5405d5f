/**
 * `hydra_oauth2_access` and `hydra_oauth2_refresh` together: what becomes of a token depends on the others of its family. Both
 * are read at once in the order of families, so that no more than a few batches are in memory.
 */
import { copyLines } from '../source/copy-lines.js';
import { lineChunks } from '../source/line-chunks.js';
import type { Source } from '../source/source.js';
import type { Batch, Proof, Proving, Stage, Taking } from '../table-import.js';
import { resultsOf } from '../threads/threads.js';
import { familyQuery, REQUIRED_COLUMNS, sessionsNeeded, SETTINGS } from './family-query.js';
import { ACCESS, REFRESH, type TokenTable } from './token-row.js';

const OPENED_AT_ONCE = 500;
/** Opening alone needs little memory, and nothing is written meanwhile. */
const OPENING_THREADS = 2;

export const FAMILIES: Stage = {
  tables: [ACCESS, REFRESH].map((name) => ({ name, required: REQUIRED_COLUMNS })),
  prove: async (source, proving) => [await prove(ACCESS, source, proving), await prove(REFRESH, source, proving)],
  batches,
};

async function* batches(source: Source, taking: Taking, after: string | undefined): AsyncGenerator<Batch> {
  const client = await source.connect();
  await client.query(SETTINGS);
  const needsSession = sessionsNeeded(taking);
  const query = familyQuery(source, { quote: (text) => client.escapeLiteral(text), needsSession, after });
  const { now, clientKeys, threads, batchRows } = taking;
  const { secrets, oauth2, ttl } = taking.configuration;
  const configuration = {
    secrets: { system: secrets.system },
    oauth2: { grant: { refresh_token: oauth2.grant.refresh_token } },
    ttl: { access_token: ttl.access_token },
  };
  const settings = { now, clientKeys, configuration };
  yield* resultsOf(lineChunks(copyLines(client, query), { lines: batchRows, together: true }), {
    task: 'convertFamilies',
    settings,
    threads,
  });
}

/** Every session is opened, also that of a token that has expired: until it is open, nobody knows whether it has. */
async function prove(table: TokenTable, source: Source, { secrets, threads, progress }: Proving): Promise<Proof> {
  const client = await source.connect();
  const proof = { table, rows: 0, unreadable: 0, opened: secrets.map(() => 0) };
  const select = `select session_data from ${table} where nid = ${client.escapeLiteral(source.network)}`;
  const chunks = lineChunks(copyLines(client, select), { lines: OPENED_AT_ONCE, together: false });
  for await (const { rows, unreadable, opened } of resultsOf(chunks, {
    task: 'open',
    settings: { secrets },
    threads: threads * OPENING_THREADS,
  })) {
    proof.rows += rows;
    proof.unreadable += unreadable;
    proof.opened = proof.opened.map((sum, secret) => sum + (opened[secret] ?? 0));
    progress(table, rows);
  }
  return proof;
}
