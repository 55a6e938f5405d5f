/**
 * SQL for access tokens, which only the hot paths read and write. A lookup names its bucket as a literal, so that
 * PostgreSQL reads one partition and plans once; the literal is an integer from a verified token. Each bucket has one
 * named statement. The hot paths send small batches: each parameter is an array with one element per request.
 */
import { NO_CLIENT_KEY } from '../../clients/no-client.js';
import type { Statement } from '../../database/statements.js';
import { markCte } from '../../database/use-mark.statements.js';
import { issuedSinceTheCut, lineageLives, notedCte, sourceClientsLive } from './sources.statements.js';

/**
 * Inserts tokens without a grant (client credentials, assertions), and returns the ids of the stored ones. An id is missing
 * if the cached client is stale. 1 bucket, 2 id, 3 digest, 4 client key, 5 client version, 6 subject, 7 scope and 8 audience
 * as array literals, 9 session, 10 issued at, 11 expiry.
 */
export const INSERT_WITHOUT_GRANT: Statement = {
  name: 'access_token_insert',
  text: `
insert into access_token
  (bucket, id, digest, client_key, client_version, subject, scope, audience, session, issued_at, expires_at)
select t.bucket, t.id, t.digest, c.key, c.version, t.subject, t.scope::text[], t.audience::text[], t.session,
  t.issued_at, t.expires_at
from unnest($1::integer[], $2::uuid[], $3::bytea[], $4::bigint[], $5::integer[], $6::text[], $7::text[], $8::text[],
    $9::bytea[], $10::timestamptz[], $11::timestamptz[])
  as t (bucket, id, digest, client_key, client_version, subject, scope, audience, session, issued_at, expires_at)
join client c on c.key = t.client_key and c.version = t.client_version
returning id`,
};

/**
 * Inserts bound tokens without a grant. Each proof decides for its own token, also if the list contains it twice. The marks
 * are sorted, so that two statements never wait for each other. 1 to 11 as above; 12 confirmation; the mark, null if the proof
 * has none: 13 bucket, 14 digest, 15 claimant.
 */
export const INSERT_BOUND: Statement = {
  name: 'access_token_insert_bound',
  text: insertBound('join client c on c.key = t.client_key and c.version = t.client_version'),
};

/** The same for tokens that belong to no client. */
export const INSERT_BOUND_WITHOUT_CLIENT: Statement = {
  name: 'access_token_insert_bound_without_client',
  text: insertBound(`cross join (select ${NO_CLIENT_KEY}::bigint as key, null::integer as version) c`),
};

function insertBound(client: string): string {
  return `
with t as (
  select * from unnest($1::integer[], $2::uuid[], $3::bytea[], $4::bigint[], $5::integer[], $6::text[], $7::text[],
      $8::text[], $9::bytea[], $10::timestamptz[], $11::timestamptz[], $12::bytea[], $13::integer[], $14::bytea[],
      $15::uuid[])
    as t (bucket, id, digest, client_key, client_version, subject, scope, audience, session, issued_at, expires_at, cnf,
      mark_bucket, mark_digest, claimant)
), ${markCte(`select distinct on (mark_bucket, mark_digest) mark_bucket, mark_digest, claimant from t
  where mark_digest is not null order by mark_bucket, mark_digest`)}, stored as (
  insert into access_token
    (bucket, id, digest, client_key, client_version, subject, scope, audience, session, issued_at, expires_at, cnf)
  select t.bucket, t.id, t.digest, c.key, c.version, t.subject, t.scope::text[], t.audience::text[], t.session,
    t.issued_at, t.expires_at, t.cnf
  from t ${client} where t.mark_digest is null or t.claimant in (select claimed_by from mark)
  returning id
)
select t.id, stored.id is not null as is_stored,
  t.mark_digest is null or t.claimant in (select claimed_by from mark) as is_first
from t left join stored on stored.id = t.id`;
}

export interface BoundTokenRow {
  id: string;
  is_stored: boolean;
  /** Whether the proof is used for the first time. */
  is_first: boolean;
}

/** Inserts one token that belongs to no client. The parameters are those above without the client version. */
export const INSERT_WITHOUT_CLIENT: Statement = {
  name: 'access_token_insert_without_client',
  text: `
insert into access_token (bucket, id, digest, client_key, subject, scope, audience, session, issued_at, expires_at)
values ($1, $2, $3, ${NO_CLIENT_KEY}, $4, $5, $6, $7, $8, $9)
returning id`,
};

/** The tokens of the list that have a row. 1 buckets, 2 ids. */
export const FIND_STORED: Statement = {
  name: 'access_token_stored',
  text: `
select t.id from access_token t
join unnest($1::integer[], $2::uuid[]) as drafted (bucket, id) on t.bucket = drafted.bucket and t.id = drafted.id`,
};

/**
 * Tokens that are active unless they have expired. The statement checks the row, the client, the grant, the generation of the
 * refresh chain, and what the token was exchanged from. 1 ids.
 */
export const findActive = perBucket('access_token_find', (bucket) => selectActive(bucket));

/** The same, with what an exchange needs to know. */
export const findSources = perBucket('access_token_find_sources', (bucket) =>
  selectActive(
    bucket,
    `, t.chain_id, c.version as client_version, coalesce(t.lineage, d.lineage) as lineage,
  coalesce(t.source_clients, d.source_clients) as source_clients, t.source_versions`,
  ),
);

/** A token has its own values, else those of the delegation of its chain, else those of its grant. */
function selectActive(bucket: number, more = ''): string {
  return `
select t.id, t.digest, t.issued_at, t.expires_at, t.grant_id, g.consent_id, coalesce(c.client_id, '') as client_id, t.client_key,
  coalesce(t.subject, g.subject, c.client_id) as subject, coalesce(t.scope, d.scope, g.scope) as scope,
  coalesce(t.audience, d.audience, g.audience) as audience, t.session, r.delegation_id,
  case when t.session is null then coalesce(d.session, g.session) end as grant_session, t.cnf${more}
from access_token t
left join client c on c.key = t.client_key
left join authorization_grant g on g.id = t.grant_id
left join refresh_chain r on r.id = t.chain_id
left join delegation d on d.id = r.delegation_id
where t.bucket = ${bucket} and t.id = any($1::uuid[]) and t.revoked_at is null
  and (c.key is not null or t.client_key = ${NO_CLIENT_KEY})
  and (${issuedSinceTheCut('c', 't.client_version', 't.issued_at')})
  and (t.grant_id is null or (g.id is not null and g.revoked_at is null))
  and (t.chain_id is null or (r.generation = t.chain_generation and r.revoked_at is null))
  and ${lineageLives('coalesce(t.lineage, d.lineage)')}
  and ${sourceClientsLive('coalesce(t.source_clients, d.source_clients)', 't.source_versions', 't.issued_at')}`;
}

/**
 * The same for bound tokens that are presented with a proof, whose mark is spent if the token is bound to it. 1 ids,
 * 2 confirmations, the marks: 3 buckets, 4 digests, 5 claimants.
 */
export const useActive = perBucket(
  'access_token_use',
  (bucket) => `
with asked as (
  select * from unnest($1::uuid[], $2::bytea[], $3::integer[], $4::bytea[], $5::uuid[])
    as a (id, cnf, mark_bucket, mark_digest, claimant)
), found as (${selectActive(bucket)}
), ${markCte(`select distinct on (mark_bucket, mark_digest) mark_bucket, mark_digest, claimant
  from asked join found on found.id = asked.id and found.cnf = asked.cnf order by mark_bucket, mark_digest`)}
select found.*, asked.claimant, asked.claimant in (select claimed_by from mark) as is_first
from asked join found on found.id = asked.id`,
);

export interface UsedTokenRow extends ActiveTokenRow {
  claimant: string;
  /** Whether the proof is used for the first time; false, too, if the token is bound to another key, or to none. */
  is_first: boolean;
}

/** The clients of tokens, also of expired and revoked tokens, as long as their rows exist. 1 ids. */
export const findClient = perBucket(
  'access_token_client',
  (bucket) => `
select t.id, c.client_id from access_token t join client c on c.key = t.client_key
where t.bucket = ${bucket} and t.id = any($1::uuid[])`,
);

export interface TokenClientRow {
  id: string;
  client_id: string;
}

/**
 * RFC 7009: revokes tokens, or the whole grants that they belong to. A client that got its token by exchange ends what it was
 * handed on, with all its chains, but not the grant of another client. Returns a row for each revoked token. 1 ids,
 * 2 client keys, 3 times.
 */
export const revoke = perBucket(
  'access_token_revoke',
  (bucket) => `
with asked as (
  select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) as t (id, client_key, at)
), token as (
  select t.id, t.grant_id, asked.at, t.expires_at, coalesce(t.lineage, d.lineage) as lineage
  from access_token t join asked on t.id = asked.id and t.client_key = asked.client_key
  left join refresh_chain r on r.id = t.chain_id left join delegation d on d.id = r.delegation_id
  where t.bucket = ${bucket} and (t.grant_id is not null or t.lineage is not null)
), ended as (
  update authorization_grant g set revoked_at = token.at from token
  where g.id = token.grant_id and token.lineage is null and g.revoked_at is null
  returning token.id, g.id as grant_id, g.subject
), alone as (
  update access_token t set revoked_at = asked.at from asked
  where t.bucket = ${bucket} and t.id = asked.id and t.client_key = asked.client_key and t.revoked_at is null
    and (t.grant_id is null or exists (select from token where token.id = t.id and token.lineage is not null))
  returning t.id, t.subject, t.grant_id, t.expires_at
), ${notedCte(`select id, null::uuid, expires_at from alone where grant_id is null
  union select lineage[1], grant_id, expires_at from token where lineage is not null`)}
select id, grant_id, subject from ended
union all select alone.id, g.id, coalesce(alone.subject, g.subject)
from alone left join authorization_grant g on g.id = alone.grant_id`,
);

/**
 * Revokes the token and its refresh chain, but not its grant. Returns a row if either was active. $1 id, $2 client key,
 * $3 time.
 */
export const revokeWithChain = perBucket(
  'access_token_revoke_chain',
  (bucket) => `
with token as (
  select id, grant_id, chain_id, subject, revoked_at, expires_at from access_token
  where bucket = ${bucket} and id = $1 and client_key = $2
), alone as (
  update access_token set revoked_at = $3
  where bucket = ${bucket} and id = (select id from token) and revoked_at is null
  returning id
), chain as (
  update refresh_chain set revoked_at = $3 where id = (select chain_id from token) and revoked_at is null
  returning id
), ${notedCte('select coalesce(chain_id, id), grant_id, expires_at from token')}
select token.id, g.id as grant_id, coalesce(token.subject, g.subject) as subject
from token left join authorization_grant g on g.id = token.grant_id
where exists (select from alone) or exists (select from chain)`,
);

/** A revoked token. Without a subject it belonged to the client itself. */
export interface EndedTokenRow {
  id: string;
  grant_id: string | null;
  subject: string | null;
}

export interface ActiveTokenRow {
  id: string;
  digest: Buffer | null;
  issued_at: Date;
  expires_at: Date;
  grant_id: string | null;
  consent_id: string | null;
  /** Empty for a token that belongs to no client. */
  client_id: string;
  client_key: string;
  subject: string;
  scope: string[];
  audience: string[];
  /** The session in the token's own row. */
  session: Buffer | null;
  /** The delegation of its refresh chain. */
  delegation_id: string | null;
  /** The session of the delegation, else of the grant, which applies if the token has none of its own. */
  grant_session: Buffer | null;
  cnf: Buffer | null;
}

/** A token that may be exchanged. */
export interface SourceTokenRow extends ActiveTokenRow {
  chain_id: string | null;
  /** Null for a token that belongs to no client. */
  client_version: number | null;
  lineage: string[] | null;
  source_clients: string[] | null;
  source_versions: (number | null)[] | null;
}

/** Creates and caches the statement of each bucket. */
function perBucket(name: string, text: (bucket: number) => string): (bucket: number) => Statement {
  const made = new Map<number, Statement>();
  return (bucket) => {
    let statement = made.get(bucket);
    if (!statement) {
      statement = { name: `${name}_${bucket}`, text: text(Math.trunc(bucket)) };
      made.set(bucket, statement);
    }
    return statement;
  };
}
