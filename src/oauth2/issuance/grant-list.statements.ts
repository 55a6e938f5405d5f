/** SQL of the administration of grants: which are live, and how one or those of a login session end. */
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
  /** Null: never, or there is no refresh token. */
  refresh_expires_at: Date | null;
}

/**
 * Live is a grant that was not revoked while a refresh token, an access token or a code of it may be active. Access tokens
 * are not counted: they have no index by grant. A chain is kept a day beyond its last token (RefreshTokens).
 */
const LIVE = `
select g.id, client.client_id, g.subject, g.scope, g.audience, g.created_at, g.consent_id, consent.login_session_id,
  coalesce(greatest(g.redeemed_at, chains.issued_at), g.created_at) as last_used_at, chains.refresh_tokens,
  chains.expires_at as refresh_expires_at
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

/** A page, the newest first. 1 subject, 2 before this id, 3 now, 4 how many, 5 client id or null, 6 session id or null. */
export const LIST_GRANTS_OF_SUBJECT: Statement = {
  name: 'grant_list_of_subject',
  text: `${LIVE} and consent.subject = $1 and ($5::text is null or client.client_id = $5)
  and ($6::uuid is null or consent.login_session_id = $6)
order by g.id desc limit $4`,
};

/** A page, the newest first. 1 client id, 2 before this id, 3 now, 4 how many. */
export const LIST_GRANTS_OF_CLIENT: Statement = {
  name: 'grant_list_of_client',
  text: `${LIVE} and g.client_key = (select key from client where client_id = $1)
order by g.id desc limit $4`,
};

export interface RevokedGrantRow {
  id: string;
  client_id: string;
  subject: string;
}

const REVOKED = 'returning g.id, (select client_id from client where key = g.client_key) as client_id, g.subject';

/** No row where it is unknown or was revoked before. 1 id, 2 now. */
export const REVOKE_ONE_GRANT: Statement = {
  name: 'grant_revoke_one',
  text: `update authorization_grant g set revoked_at = $2 where id = $1 and revoked_at is null ${REVOKED}`,
};

/** Grants that hang on a login session by their consents. 1 session id, 2 now. */
export const REVOKE_GRANTS_OF_SESSION: Statement = {
  name: 'grant_revoke_of_session',
  text: `
update authorization_grant g set revoked_at = $2 from consent
where consent.login_session_id = $1 and g.consent_id = consent.id and g.revoked_at is null ${REVOKED}`,
};

/**
 * Grants of the subject that began since a time and hang on no session any more: begun under one that ended at that
 * moment. 1 subject, 2 since, 3 now.
 */
export const REVOKE_GRANTS_WITHOUT_SESSION: Statement = {
  name: 'grant_revoke_without_session',
  text: `
update authorization_grant g set revoked_at = $3 from consent
where consent.subject = $1 and consent.login_session_id is null and g.consent_id = consent.id and g.created_at >= $2
  and g.revoked_at is null ${REVOKED}`,
};
