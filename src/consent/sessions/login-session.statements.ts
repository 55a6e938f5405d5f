/** SQL of the table `login_session`. */
import type { Statement } from '../../database/statements.js';
import { enqueueDeliveriesCte } from '../back-channel/logout-delivery.statements.js';

export interface LoginSessionRow {
  id: string;
  subject: string;
  authenticated_at: Date;
  remember: boolean;
  identity_provider_session_id: string | null;
  expires_at: Date;
}

/** 1 id. */
export const FIND_SESSION: Statement = {
  name: 'login_session_find',
  text: `
select id, subject, authenticated_at, remember, identity_provider_session_id, expires_at from login_session where id = $1`,
};

/**
 * A row of the same id comes from an answer that was replaced before the flow went on. 1 id, 2 subject, 3 authenticated
 * at, 4 remember, 5 id at the identity provider, 6 expiry, 7 user agent, 8 address.
 */
export const START_SESSION: Statement = {
  name: 'login_session_start',
  text: `
insert into login_session
  (id, subject, authenticated_at, remember, identity_provider_session_id, expires_at, user_agent, address)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do update set subject = excluded.subject, authenticated_at = excluded.authenticated_at,
  remember = excluded.remember, identity_provider_session_id = excluded.identity_provider_session_id,
  expires_at = excluded.expires_at, user_agent = excluded.user_agent, address = excluded.address`,
};

/** No row where it has ended: it is not revived. 1 id, 2 expiry. */
export const EXTEND_SESSION: Statement = {
  name: 'login_session_extend',
  text: `update login_session set expires_at = $2 where id = $1 returning id`,
};

/** Waits for consents that are being given under the session: who gave one is told of the end. 1 id. */
export const LOCK_SESSION = 'select id from login_session where id = $1 for update';

/**
 * Ends a session, tells who took part in it, and puts into the outbox who is to be told. `party` is read before the
 * deletion takes the id out of the consents. 1 id, 2 whether only a remembered one, 3 to 5 as `enqueueDeliveriesCte`.
 */
export const END_SESSION = `
with ended as (
  delete from login_session where id = $1 and (remember or not $2::boolean)
  returning id, subject, identity_provider_session_id
), party as (
  select distinct client_key from consent where login_session_id = $1
), ${enqueueDeliveriesCte(3)}
select ended.id, ended.subject, ended.identity_provider_session_id, client.client_id
from ended left join party on true left join client on client.key = party.client_key`;

export interface EndedSessionRow {
  id: string;
  subject: string;
  identity_provider_session_id: string | null;
  client_id: string | null;
}

/** 1 subject. */
export const END_SESSIONS_OF: Statement = {
  name: 'login_session_end_all',
  text: `delete from login_session where subject = $1 returning id`,
};
