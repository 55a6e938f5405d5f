/**
 * `hydra_oauth2_authentication_session`: logins. Hydra never reads their `expires_at`: a login lasts as long as the browser
 * sends the cookie. Those that are not remembered have no cookie, but their ids stand in tokens, by which they are ended.
 */
import { HYDRA_COOKIE_SECONDS } from '../../../http/exchange/hydra-cookie.js';
import { isUuid } from '../../../protocol/uuid.js';
import { columnMoment, dateOf } from '../formats/moments.js';
import type { LargeTableImport, Outcome, PlainTaking, Value } from '../table-import.js';

type Row = Record<
  'id' | 'subject' | 'authenticated_at' | 'remember' | 'identity_provider_session_id' | 'has_login',
  Value
>;

export const NOBODY = 'nobody has logged in';
export const NO_UUID = 'its id is no UUID';
export const UNKNOWN_TIME = 'when the person logged in is not known: it counts as long ago';

/** Whether somebody has logged in: a condition on the row of that name. */
export function hasLogin(s: string): string {
  return `(${s}.authenticated_at is not null or ${s}.remember)`;
}

/** The id of a session as this server can store it; null where it cannot. */
export function sessionId(id: string | null): string | null {
  return id !== null && isUuid(id) && id === id.toLowerCase() ? id : null;
}

export const LOGIN_SESSIONS: LargeTableImport<Row> = {
  isLarge: true,
  name: 'hydra_oauth2_authentication_session',
  columns: {
    ...{ id: {}, subject: {}, authenticated_at: {}, remember: {} },
    identity_provider_session_id: { orElse: 'null' },
    has_login: { sql: hasLogin('it') },
  },
  key: `'.' || it.id`,
  convert: convertSession,
};

function convertSession(row: Row, { now }: PlainTaking): Outcome {
  if (row.has_login !== 'true') return { leftOut: NOBODY };
  const id = sessionId(row.id);
  if (id === null) return { leftOut: NO_UUID };
  const authenticatedAt = columnMoment(row.authenticated_at);
  const remember = row.remember === 'true';
  // No cookie of Hydra is younger than the import: each ends before this.
  const expiresAt = new Date(now.getTime() + HYDRA_COOKIE_SECONDS * 1000);
  const values = {
    ...{ id, subject: row.subject ?? '', remember, authenticated_at: authenticatedAt ?? dateOf(0n) },
    ...{ identity_provider_session_id: row.identity_provider_session_id || null, expires_at: expiresAt },
  };
  return {
    rows: [{ table: 'login_session', values }],
    ...(authenticatedAt === undefined ? { adapted: [UNKNOWN_TIME] } : {}),
    ...(remember ? { liveUntil: expiresAt } : {}),
  };
}
