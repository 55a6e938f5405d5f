/**
 * `hydra_oauth2_access` and `hydra_oauth2_refresh` together: what becomes of a token depends on the others of its family. Both
 * are read at once in the order of families, so that no more than a batch is in memory.
 */
import { gracePeriod } from '../../../oauth2/issuance/refresh-verdict.js';
import { copyRows } from '../source/copy-rows.js';
import { EncodedRows } from '../target/encoded-rows.js';
import type { Source } from '../source/source.js';
import type { Batch, Opener, Progress, Proof, Stage, Taking } from '../table-import.js';
import { familyBatches } from './family-batches.js';
import { familyQuery, REQUIRED_COLUMNS, sessionsNeeded, SETTINGS } from './family-query.js';
import { TokenJudge } from './judge-token.js';
import { SessionReader } from './session-reader.js';
import { ACCESS, REFRESH, type TokenTable } from './token-row.js';

export const FAMILIES: Stage = {
  tables: [ACCESS, REFRESH].map((name) => ({ name, required: REQUIRED_COLUMNS })),
  prove: async (source, envelopes, progress) => [
    await prove(ACCESS, source, { envelopes, progress }),
    await prove(REFRESH, source, { envelopes, progress }),
  ],
  batches,
};

async function* batches(source: Source, taking: Taking, after: string | undefined): AsyncGenerator<Batch> {
  const client = await source.connect();
  await client.query(SETTINGS);
  const needsSession = sessionsNeeded(taking);
  const query = familyQuery(source, { quote: (text) => client.escapeLiteral(text), needsSession, after });
  const { secrets, oauth2 } = taking.configuration;
  const isStrict = gracePeriod(oauth2.grant.refresh_token).period === undefined;
  yield* familyBatches(copyRows(client, query), {
    judge: new TokenJudge(taking, new SessionReader(taking.envelopes)),
    settings: { secrets: secrets.system, isStrict },
    batchRows: taking.batchRows,
    sink: () => new EncodedRows(),
  });
}

/** Every session is opened, also that of a token that has expired: until it is open, nobody knows whether it has. */
async function prove(
  table: TokenTable,
  source: Source,
  { envelopes, progress }: { envelopes: Opener; progress: Progress },
): Promise<Proof> {
  const client = await source.connect();
  const proof = { table, rows: 0, unreadable: 0, opened: [] as number[] };
  const select = `select session_data from ${table} where nid = ${client.escapeLiteral(source.network)}`;
  for await (const rows of copyRows(client, select)) {
    for (const [sealed] of rows) {
      const opened = envelopes.open(sealed ?? '');
      if (!opened) proof.unreadable++;
      else if (opened.secret !== undefined) proof.opened[opened.secret] = (proof.opened[opened.secret] ?? 0) + 1;
    }
    proof.rows += rows.length;
    progress(table, rows.length);
  }
  return proof;
}
