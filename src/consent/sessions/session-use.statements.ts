/** SQL of what a page of devices shows: the use of login sessions, and their list. */
import type { Statement } from '../../database/statements.js';
import { rememberedConsent } from '../consent.statements.js';

/**
 * The session that a login is skipped with, and what the newest remembered consent of its subject for the client granted.
 * Notes the use: once a minute at most, unless the app says something new of the browser. 1 id, 2 now, 3 user agent or
 * null, 4 address or null, 5 client key.
 */
export const USE_SESSION: Statement = {
  name: 'login_session_use',
  text: `
with noted as (
  update login_session set last_used_at = greatest(last_used_at, $2), user_agent = coalesce($3, user_agent),
    address = coalesce($4, address)
  where id = $1 and remember and expires_at > $2 and (last_used_at is null
    or last_used_at < $2::timestamptz - interval '1 minute'
    or coalesce($3::text, user_agent) is distinct from user_agent or coalesce($4::text, address) is distinct from address)
)
select id, subject, authenticated_at, remember, identity_provider_session_id, expires_at, (
  select granted_scope from (${rememberedConsent({ subject: 'login_session.subject', clientKey: '$5', now: '$2' })}) remembered
) as remembered_scope
from login_session where id = $1`,
};

export interface ListedSessionRow {
  id: string;
  subject: string;
  authenticated_at: Date;
  last_used_at: Date;
  expires_at: Date;
  remember: boolean;
  identity_provider_session_id: string | null;
  user_agent: string | null;
  address: string | null;
  client_ids: string[];
}

const LISTED = `
select session.id, session.subject, authenticated_at, coalesce(last_used_at, authenticated_at) as last_used_at,
  expires_at, remember, identity_provider_session_id, user_agent, address,
  array(
    select client_id from client
    where key in (select client_key from consent where login_session_id = session.id) order by client_id
  ) as client_ids
from login_session session`;

/** A page, the newest first. 1 subject, 2 before this id, 3 now, 4 how many. */
export const LIST_SESSIONS: Statement = {
  name: 'login_session_list',
  text: `${LISTED} where subject = $1 and id < $2 and expires_at > $3 order by id desc limit $4`,
};

/** 1 id, 2 now. */
export const READ_SESSION: Statement = {
  name: 'login_session_read',
  text: `${LISTED} where id = $1 and expires_at > $2`,
};
