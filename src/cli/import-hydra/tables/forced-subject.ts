/** `hydra_oauth2_obfuscated_authentication_session`: subject identifiers that the login app chose. */
import { type Outcome, REASONS, type TableImport, type Taking, type Value } from '../table-import.js';

type Row = Record<'subject' | 'client_id' | 'subject_obfuscated' | 'first_subject', Value>;

export const SHARED = 'another subject has this identifier at the client';

export const FORCED_SUBJECTS: TableImport<Row> = {
  name: 'hydra_oauth2_obfuscated_authentication_session',
  columns: {
    ...{ subject: {}, client_id: {}, subject_obfuscated: {} },
    first_subject: {
      sql: `(select min(o.subject collate "C") from hydra_oauth2_obfuscated_authentication_session o
        where o.nid = it.nid and o.client_id = it.client_id and o.subject_obfuscated = it.subject_obfuscated)`,
    },
  },
  key: `lpad(length(it.client_id)::text, 4, '0') || it.client_id || it.subject`,
  convert: convertForced,
};

function convertForced(row: Row, taking: Taking): Outcome {
  const clientKey = taking.clientKey(row.client_id ?? '');
  if (clientKey === undefined) return { leftOut: REASONS.withoutClient };
  if (row.subject !== row.first_subject) return { leftOut: SHARED };
  const values = { client_key: clientKey, subject: row.subject ?? '', identifier: row.subject_obfuscated ?? '' };
  return { rows: [{ table: 'forced_subject', values }] };
}
