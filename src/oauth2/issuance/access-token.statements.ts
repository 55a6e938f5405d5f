/**
 * SQL of access tokens. A look-up names its bucket as a literal, so that PostgreSQL touches one partition and plans
 * once; the literal is an integer read from a verified token. There is one named statement a bucket. What the hot paths
 * ask for comes in micro-batches: each parameter is an array with one element a request.
 */
import type { Statement } from '../../database/statements.js';

/**
 * Tokens that hang on no grant (client credentials, assertions); the ids of those that were stored. One that is missing:
 * its cached client is stale. 1 bucket, 2 id, 3 digest, 4 client key, 5 client version, 6 subject, 7 scope and 8 audience
 * as array literals, 9 session, 10 issued at, 11 expiry.
 */
export const INSERT_WITHOUT_GRANT: Statement = {
  name: 'access_token_insert',
  text: `
insert into access_token (bucket, id, digest, client_key, subject, scope, audience, session, issued_at, expires_at)
select t.bucket, t.id, t.digest, c.key, t.subject, t.scope::text[], t.audience::text[], t.session, t.issued_at, t.expires_at
from unnest($1::integer[], $2::uuid[], $3::bytea[], $4::bigint[], $5::integer[], $6::text[], $7::text[], $8::text[],
    $9::bytea[], $10::timestamptz[], $11::timestamptz[])
  as t (bucket, id, digest, client_key, client_version, subject, scope, audience, session, issued_at, expires_at)
join client c on c.key = t.client_key and c.version = t.client_version
returning id`,
};

/**
 * Tokens and everything that decides whether they are active, but for their expiry: row, client, grant, generation of
 * the refresh chain. 1 ids.
 */
export const findActive = perBucket(
  'access_token_find',
  (bucket) => `
select t.id, t.digest, t.issued_at, t.expires_at, t.grant_id, g.consent_id, c.client_id, t.client_key,
  coalesce(t.subject, g.subject, c.client_id) as subject, coalesce(t.scope, g.scope) as scope,
  coalesce(t.audience, g.audience) as audience, coalesce(t.session, g.session) as session
from access_token t
join client c on c.key = t.client_key
left join authorization_grant g on g.id = t.grant_id
left join refresh_chain r on r.id = t.chain_id
where t.bucket = ${bucket} and t.id = any($1::uuid[]) and t.revoked_at is null
  and (c.access_tokens_valid_from is null or t.issued_at > c.access_tokens_valid_from)
  and (t.grant_id is null or (g.id is not null and g.revoked_at is null))
  and (t.chain_id is null or (r.generation = t.chain_generation and r.revoked_at is null))`,
);

/**
 * RFC 7009: ends tokens, or the whole grants that they hang on; a row for each that ended by it. 1 ids, 2 client keys,
 * 3 times.
 */
export const revoke = perBucket(
  'access_token_revoke',
  (bucket) => `
with asked as (
  select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) as t (id, client_key, at)
), token as (
  select t.id, t.grant_id, asked.at from access_token t join asked on t.id = asked.id and t.client_key = asked.client_key
  where t.bucket = ${bucket} and t.grant_id is not null
), ended as (
  update authorization_grant g set revoked_at = token.at from token where g.id = token.grant_id and g.revoked_at is null
  returning token.id, g.id as grant_id, g.subject
), alone as (
  update access_token t set revoked_at = asked.at from asked
  where t.bucket = ${bucket} and t.id = asked.id and t.client_key = asked.client_key and t.grant_id is null
    and t.revoked_at is null
  returning t.id, t.subject
)
select id, grant_id, subject from ended union all select id, null, subject from alone`,
);

/**
 * Ends the token, and the refresh chain that it came with; its grant lives on. A row where either lived. $1 id, $2 client
 * key, $3 time.
 */
export const revokeWithChain = perBucket(
  'access_token_revoke_chain',
  (bucket) => `
with token as (
  select id, grant_id, chain_id, subject, revoked_at from access_token
  where bucket = ${bucket} and id = $1 and client_key = $2
), alone as (
  update access_token set revoked_at = $3
  where bucket = ${bucket} and id = (select id from token) and revoked_at is null
  returning id
), chain as (
  update refresh_chain set revoked_at = $3 where id = (select chain_id from token) and revoked_at is null
  returning id
)
select token.id, g.id as grant_id, coalesce(token.subject, g.subject) as subject
from token left join authorization_grant g on g.id = token.grant_id
where exists (select from alone) or exists (select from chain)`,
);

/** What was ended of a token; without a subject it was the client's own. */
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
  client_id: string;
  client_key: string;
  subject: string;
  scope: string[];
  audience: string[];
  session: Buffer | null;
}

/** Makes and remembers the statement of each bucket. */
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
