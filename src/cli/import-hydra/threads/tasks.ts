/** What is done with chunks of rows, in this thread or in others: to be sent there, settings and results are plain data. */
import { gracePeriod } from '../../../oauth2/issuance/refresh-verdict.js';
import { Envelopes } from '../formats/envelope.js';
import { rowsOfLines } from '../source/copy-rows.js';
import type { Chunk } from '../source/line-chunks.js';
import type { Batch, Proof } from '../table-import.js';
import { EncodedRows, type EncodedTables } from '../target/encoded-rows.js';
import { convertFamilies } from '../families/family-batch.js';
import { type ConversionSettings, TokenJudge } from '../families/judge-token.js';
import { SessionReader } from '../families/session-reader.js';
import { LineConversion, type LineSettings } from './line-conversion.js';

type EncodedBatch = Omit<Batch, 'rows'> & { rows: EncodedTables };

export interface Tasks {
  /** Lines with a sealed session each. */
  open: { settings: { secrets: readonly string[] }; result: Omit<Proof, 'table'> };
  /** Lines of `familyQuery`, of whole families. */
  convertFamilies: { settings: ConversionSettings; result: EncodedBatch };
  /** Lines of a table that is taken row by row. */
  convertRows: { settings: LineSettings; result: EncodedBatch };
}

export type TaskName = keyof Tasks;
export type Task<Name extends TaskName> = (chunk: Chunk) => Tasks[Name]['result'];

export const TASKS: { [Name in TaskName]: (settings: Tasks[Name]['settings']) => Task<Name> } = {
  open: ({ secrets }) => {
    const envelopes = new Envelopes(secrets);
    return (chunk) => opened(chunk, envelopes);
  },
  convertFamilies: (settings) => {
    const { secrets, oauth2 } = settings.configuration;
    const judge = new TokenJudge(settings, new SessionReader(new Envelopes(secrets.system)));
    const isStrict = gracePeriod(oauth2.grant.refresh_token).period === undefined;
    return (chunk) => {
      const encoded = new EncodedRows();
      const add = encoded.add.bind(encoded);
      const batch = convertFamilies(rowsOf(chunk), { judge, settings: { secrets: secrets.system, isStrict }, add });
      return { ...batch, rows: encoded.end() };
    };
  },
  convertRows: (settings) => {
    const conversion = new LineConversion(settings);
    return (chunk) => conversion.convert(rowsOf(chunk));
  },
};

function opened(chunk: Chunk, envelopes: Envelopes): Tasks['open']['result'] {
  const proof = { rows: 0, unreadable: 0, opened: [] as number[] };
  for (const [sealed] of rowsOf(chunk)) {
    const found = envelopes.open(sealed ?? '');
    proof.rows++;
    if (!found) proof.unreadable++;
    else if (found.secret !== undefined) proof.opened[found.secret] = (proof.opened[found.secret] ?? 0) + 1;
  }
  return proof;
}

const rowsOf = (chunk: Chunk): ReturnType<typeof rowsOfLines> =>
  rowsOfLines(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
