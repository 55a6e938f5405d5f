/** SQL of token exchange (RFC 8693): one statement finds what a token may be exchanged from, one issues. */
import type { Statement } from '../../database/statements.js';
import { markCte } from '../../database/use-mark.statements.js';
import { lineageLives, sourceClientsLive } from './sources.statements.js';

const DELEGATED = `delegated as (
  insert into delegation (id, grant_id, client_key, scope, audience, session, lineage, source_clients, created_at)
  select $2, $6, $4, $22::text[], $9, $21::bytea, $14, $15, $11 from base
  returning id
), chained as (
  insert into refresh_chain (id, grant_id, digest, issued_at, expires_at, keep_until, delegation_id)
  select $17::uuid, $6, $18::bytea, $11, $19::timestamptz, $20::timestamptz, id from delegated
  returning id
), `;

/**
 * Issues an exchanged access token, if client, grant and all sources still live. 1 bucket, 2 id, 3 digest, 4 client key,
 * 5 client version, 6 grant id or null, 7 subject or null, 8 scope, 9 audience, 10 session, 11 issued at, 12 expiry,
 * 13 confirmation, 14 lineage, 15 clients of the sources, 16 their versions.
 */
export const EXCHANGE: Statement = { name: 'exchange', text: exchange({}) };

/** The same with a mark, without which nothing is issued: 17 bucket, 18 digest, 19 claimant. */
export const EXCHANGE_MARKED: Statement = {
  name: 'exchange_marked',
  text: exchange({ mark: 'values ($17::integer, $18::bytea, $19::uuid)' }),
};

/**
 * With a delegation and its first refresh token: 17 chain id, 18 digest, 19 expiry, 20 keep until, 21 session and
 * 22 scope of the delegation, which a resource may have limited for the token. Client and grant are locked, so that neither is deleted before the rows that refer to them are there.
 */
export const EXCHANGE_LASTING: Statement = { name: 'exchange_lasting', text: exchange({ lasting: true }) };

/** The same with a mark: 23 bucket, 24 digest, 25 claimant. */
export const EXCHANGE_LASTING_MARKED: Statement = {
  name: 'exchange_lasting_marked',
  text: exchange({ lasting: true, mark: 'values ($23::integer, $24::bytea, $25::uuid)' }),
};

function exchange({ lasting = false, mark }: { lasting?: boolean; mark?: string }): string {
  const lock = lasting ? 'for key share' : '';
  return `
with ${mark ? `${markCte(mark)}, ` : ''}owner as materialized (
  select key, version from client where key = $4::bigint and version = $5::integer ${lock}
), granted as materialized (
  select id from authorization_grant where id = $6::uuid and revoked_at is null ${lock}
), base as materialized (
  select key, version from owner where ($6::uuid is null or exists (select from granted))
    and ${lineageLives('$14::uuid[]')}
    and ${sourceClientsLive('$15::bigint[]', '$16::integer[]', '$11::timestamptz')}
    ${mark ? 'and exists (select from mark)' : ''}
), ${lasting ? DELEGATED : ''}issued as (
  insert into access_token
    (bucket, id, digest, client_key, client_version, grant_id, chain_id, chain_generation, subject, scope, audience, session,
      issued_at, expires_at, cnf, lineage, source_clients, source_versions)
  select $1::integer, $2::uuid, $3::bytea, base.key, base.version, $6, ${lasting ? 'chained.id, 0' : 'null, null'}, $7::text,
    $8::text[], $9::text[], $10::bytea, $11, $12::timestamptz, $13::bytea, $14, $15, $16
  from base ${lasting ? 'cross join chained' : ''}
  returning id
)
select exists (select from issued) as is_stored, exists (select from owner) as has_client,
  ${mark ? 'exists (select from mark)' : 'true'} as is_first`;
}

export interface ExchangedRow {
  is_stored: boolean;
  /** Whether the client exists and has the known version. */
  has_client: boolean;
  /** Whether the proof of the request is used for the first time; true if it has no mark. */
  is_first: boolean;
}

/** The row of EXCHANGE again, if this draft was stored. 1 bucket, 2 id. */
export const READ_EXCHANGED: Statement = {
  name: 'exchange_read',
  text: `
select true as is_stored, true as has_client, true as is_first from access_token where bucket = $1 and id = $2`,
};

const GRANT_COLUMNS =
  'g.id, g.consent_id, g.subject, g.session, c.client_id, c.key as client_key, c.version as client_version';

/** The newest grants of a client under a login session, from which an ID token may come. 1 client key, 2 session id. */
export const FIND_GRANTS_OF_SESSION: Statement = {
  name: 'exchange_find_grants_of_session',
  text: `
select ${GRANT_COLUMNS}
from consent join authorization_grant g on g.consent_id = consent.id join client c on c.key = g.client_key
where consent.login_session_id = $2::uuid and g.client_key = $1 and g.revoked_at is null
order by g.id desc limit 16`,
};

/** The same for a person who logged in without a session. 1 client key, 2 subject. */
export const FIND_GRANTS_WITHOUT_SESSION: Statement = {
  name: 'exchange_find_grants_without_session',
  text: `
select ${GRANT_COLUMNS}
from consent join authorization_grant g on g.consent_id = consent.id join client c on c.key = g.client_key
where consent.subject = $2 and consent.login_session_id is null and g.client_key = $1 and g.revoked_at is null
order by g.id desc limit 16`,
};

export interface GrantOfPersonRow {
  id: string;
  consent_id: string;
  subject: string;
  session: Buffer;
}
