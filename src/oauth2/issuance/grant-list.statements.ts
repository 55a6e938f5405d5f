/**
 * SQL for the administration of grants. A list is SQL because one pass over the grants aggregates their chains, which a
 * repository would read row by row. The revocation for a login session is SQL because one statement takes its locks in
 * the same order as all others. One grant is revoked through the repository (LiveGrants).
 */
import type { Statement } from '../../database/statements.js';

export interface LiveGrantRow {
  id: string;
  client_id: string;
  subject: string;
  scope: string[];
  audience: string[];
  created_at: Date;
  last_used_at: Date;
  consent_id: string | null;
  login_session_id: string | null;
  refresh_tokens: number;
  /** Null if it never expires, or if there is no refresh token. */
  refresh_expires_at: Date | null;
  /** Null unless it was asked for. */
  session: Buffer | null;
}

/**
 * A grant is live if it was not revoked and a refresh token, an access token or a code of it may be active. Access tokens
 * are not counted, because they have no index by grant. A chain is kept for a day after its last token (RefreshTokens).
 */
const live = (withSession: string): string => `
select g.id, client.client_id, g.subject, g.scope, g.audience, g.created_at, g.consent_id, consent.login_session_id,
  coalesce(greatest(g.redeemed_at, chains.issued_at), g.created_at) as last_used_at, chains.refresh_tokens,
  chains.expires_at as refresh_expires_at, case when ${withSession}::boolean then g.session end as session
from authorization_grant g
join client on client.key = g.client_key
left join consent on consent.id = g.consent_id
cross join lateral (
  select count(*)::integer as kept, max(r.issued_at) as issued_at,
    count(*) filter (where r.expires_at is null or r.expires_at > $3)::integer as refresh_tokens,
    case when not bool_or(r.expires_at is null) then max(r.expires_at) end as expires_at
  from refresh_chain r
  where r.grant_id = g.id and r.revoked_at is null
    and (r.keep_until is null or r.keep_until > $3::timestamptz + interval '1 day')
) chains
where g.revoked_at is null and (g.keep_until > $3 or chains.kept > 0) and g.id < $2`;

/**
 * A page, newest first. 1 subject, 2 before this id, 3 now, 4 page size, 5 client id or null, 6 session id or null,
 * 7 whether the sealed sessions are read too.
 */
export const LIST_GRANTS_OF_SUBJECT: Statement = {
  name: 'grant_list_of_subject',
  text: `${live('$7')} and consent.subject = $1 and ($5::text is null or client.client_id = $5)
  and ($6::uuid is null or consent.login_session_id = $6)
order by g.id desc limit $4`,
};

/** A page, newest first. 1 client id, 2 before this id, 3 now, 4 page size, 5 whether the sealed sessions are read too. */
export const LIST_GRANTS_OF_CLIENT: Statement = {
  name: 'grant_list_of_client',
  text: `${live('$5')} and g.client_key = (select key from client where client_id = $1)
order by g.id desc limit $4`,
};

export interface RevokedGrantRow {
  id: string;
  client_id: string;
  subject: string;
}

const REVOKED = 'returning g.id, (select client_id from client where key = g.client_key) as client_id, g.subject';

/**
 * Revokes the grants of a login session by its consents. The consents are locked first and in the order of their ids, as
 * in the revocation of consents, so that no deadlock can occur. 1 session id, 2 now.
 */
export const REVOKE_GRANTS_OF_SESSION = `
with given as materialized (
  select id from consent where login_session_id = $1 order by id for no key update
), revoked as (
  update authorization_grant g set revoked_at = $2 from given
  where g.consent_id = given.id and g.revoked_at is null ${REVOKED}
)
select id, client_id, subject from revoked`;
