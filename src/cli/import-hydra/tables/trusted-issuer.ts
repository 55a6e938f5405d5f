/** `hydra_oauth2_trusted_jwt_bearer_issuer`: the issuers whose trust has not ended. */
import { pipedList } from '../formats/lists.js';
import { columnMoment, momentOf } from '../formats/moments.js';
import { type Outcome, REASONS, type TableImport, type Taking, type Value } from '../table-import.js';
import { takenKey } from './json-web-key.js';

type Row = Record<'id' | 'issuer' | 'subject' | 'allow_any_subject' | 'scope', Value> &
  Record<'key_set' | 'key_id' | 'created_at' | 'expires_at' | 'keydata', Value>;

export const WITHOUT_KEY = 'its key is not here';
export const UNCLEAR_SUBJECT = 'it names a subject and allows any, or does neither';

export const TRUSTED_ISSUERS: TableImport<Row> = {
  name: 'hydra_oauth2_trusted_jwt_bearer_issuer',
  columns: {
    ...{ id: {}, issuer: {}, subject: {}, allow_any_subject: {}, scope: {}, key_set: {}, key_id: {} },
    ...{ created_at: {}, expires_at: {} },
    keydata: {
      sql: '(select k.keydata from hydra_jwk k where k.nid = it.nid and k.sid = it.key_set and k.kid = it.key_id)',
    },
  },
  key: 'it.id::text',
  convert: convertIssuer,
};

function convertIssuer(row: Row, { now, envelopes }: Taking): Outcome {
  const expiresAt = columnMoment(row.expires_at);
  if (expiresAt === undefined || expiresAt <= momentOf(now)) return { leftOut: REASONS.expired };
  const [issuer, kid, subject] = [row.issuer ?? '', row.key_id ?? '', row.subject ?? ''];
  const allowsAny = row.allow_any_subject === 'true';
  if (allowsAny !== (subject === '')) return { leftOut: UNCLEAR_SUBJECT };
  const key = takenKey({ sid: row.key_set, kid, keydata: row.keydata }, envelopes);
  if ('leftOut' in key || key.setId !== issuer) return { leftOut: WITHOUT_KEY };
  const values = {
    ...{ id: row.id ?? '', issuer, kid, subject, allow_any_subject: allowsAny, scope: pipedList(row.scope) },
    ...{ created_at: columnMoment(row.created_at) ?? momentOf(now), expires_at: expiresAt },
  };
  return { rows: [{ table: 'trusted_issuer', values }] };
}
