/**
 * SQL of the table `login_session`: the hot path of every authorization reads and writes a session, and the end of several
 * sessions locks rows in one order and fills the outbox in the same statement. Lists use the repository (SessionList).
 */
import type { Statement } from '../../database/statements.js';
import { enqueueDeliveriesCte } from '../back-channel/logout-delivery.statements.js';

export interface LoginSessionRow {
  id: string;
  subject: string;
  authenticated_at: Date;
  remember: boolean;
  identity_provider_session_id: string | null;
  expires_at: Date;
  until_browser_closed: boolean;
  acr: string | null;
  amr: string[] | null;
}

/** The columns of LoginSessionRow. */
export const SESSION_COLUMNS =
  'id, subject, authenticated_at, remember, identity_provider_session_id, expires_at, until_browser_closed, acr, amr';

/** 1 id. */
export const FIND_SESSION: Statement = {
  name: 'login_session_find',
  text: `select ${SESSION_COLUMNS} from login_session where id = $1`,
};

/**
 * An existing row of the same id comes from an answer that was replaced before the flow continued. 1 id, 2 subject,
 * 3 authenticated at, 4 remember, 5 id at the identity provider, 6 expiry, 7 until browser closed, 8 acr, 9 amr,
 * 10 user agent, 11 address.
 */
export const START_SESSION: Statement = {
  name: 'login_session_start',
  text: `
insert into login_session
  (${SESSION_COLUMNS}, user_agent, address)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (id) do update set subject = excluded.subject, authenticated_at = excluded.authenticated_at,
  remember = excluded.remember, identity_provider_session_id = excluded.identity_provider_session_id,
  expires_at = excluded.expires_at, until_browser_closed = excluded.until_browser_closed,
  acr = excluded.acr, amr = excluded.amr,
  user_agent = excluded.user_agent, address = excluded.address`,
};

/** Returns no row if the session has ended: it is not revived. 1 id, 2 expiry, 3 until browser closed. */
export const EXTEND_SESSION: Statement = {
  name: 'login_session_extend',
  text: `
update login_session set expires_at = $2, until_browser_closed = until_browser_closed or $3
where id = $1 returning ${SESSION_COLUMNS}`,
};

/** Waits for consents that are being stored for the session, so that their clients are notified of the end. 1 id. */
export const LOCK_SESSION = 'select id from login_session where id = $1 for update';

/** The same for a batch of the subject's sessions, in one order, so that no two callers deadlock. 1 subject, 2 number. */
export const LOCK_SESSIONS_OF = 'select id from login_session where subject = $1 order by id limit $2 for update';

/**
 * Ends sessions, remembered or not, returns their clients, and inserts the notifications into the outbox. `party` is read
 * before the deletion sets the session ids of the consents to null. The consents are locked in the order of their ids, as
 * by their revocation, so that the two never deadlock. 1 ids, 2 to 4 as in `enqueueDeliveriesCte`.
 */
export const END_SESSIONS = `
with ended as (
  delete from login_session where id = any($1::uuid[])
  returning id, subject, identity_provider_session_id
), given as (
  select login_session_id, client_key from consent where login_session_id = any($1) order by id for no key update
), party as (
  select distinct login_session_id, client_key from given
), ${enqueueDeliveriesCte(2)}
select ended.id, ended.subject, ended.identity_provider_session_id, client.client_id
from ended left join party on party.login_session_id = ended.id left join client on client.key = party.client_key`;

export interface EndedSessionRow {
  id: string;
  subject: string;
  identity_provider_session_id: string | null;
  client_id: string | null;
}
