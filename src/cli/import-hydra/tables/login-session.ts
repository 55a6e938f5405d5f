/**
 * `hydra_oauth2_authentication_session`: logins. Hydra never reads their `expires_at`: a login lasts as long as the browser
 * sends the cookie. Those that are not remembered have no cookie, but their ids stand in tokens, by which they are ended.
 */
import { HYDRA_COOKIE_SECONDS } from '../../../http/exchange/hydra-cookie.js';
import { columnMoment, dateOf } from '../formats/moments.js';
import type { Outcome, TableImport, Taking, Value } from '../table-import.js';

type Row = Record<'id' | 'subject' | 'authenticated_at' | 'remember' | 'identity_provider_session_id' | 'taken', Value>;

export const NOBODY = 'nobody has logged in';
export const NO_UUID = 'its id is no UUID';
export const UNKNOWN_TIME = 'when the person logged in is not known: it counts as long ago';

/** Which sessions are taken: a condition on the row of that name. */
export function sessionTaken(s: string): string {
  return `(${s}.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' and (${s}.authenticated_at is not null or ${s}.remember))`;
}

export const LOGIN_SESSIONS: TableImport<Row> = {
  name: 'hydra_oauth2_authentication_session',
  columns: {
    ...{ id: {}, subject: {}, authenticated_at: {}, remember: {} },
    identity_provider_session_id: { orElse: 'null' },
    taken: { sql: sessionTaken('it') },
  },
  key: `'.' || it.id`,
  convert: convertSession,
};

function convertSession(row: Row, { now }: Taking): Outcome {
  if (row.taken !== 'true') return { leftOut: row.authenticated_at === null ? NOBODY : NO_UUID };
  const authenticatedAt = columnMoment(row.authenticated_at);
  const remember = row.remember === 'true';
  // No cookie of Hydra is younger than the import: each ends before this.
  const expiresAt = new Date(now.getTime() + HYDRA_COOKIE_SECONDS * 1000);
  const values = {
    ...{ id: row.id ?? '', subject: row.subject ?? '', remember, authenticated_at: authenticatedAt ?? dateOf(0n) },
    ...{ identity_provider_session_id: row.identity_provider_session_id || null, expires_at: expiresAt },
  };
  return {
    rows: [{ table: 'login_session', values }],
    ...(authenticatedAt === undefined ? { adapted: [UNKNOWN_TIME] } : {}),
    ...(remember ? { liveUntil: expiresAt } : {}),
  };
}
