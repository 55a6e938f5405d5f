/**
 * SQL of access tokens. A look-up names its bucket as a literal, so that PostgreSQL touches one partition and plans
 * once; the literal is an integer read from a verified token. There is one named statement a bucket.
 */
import type { Statement } from '../../database/statements.js';

/** A token that hangs on no grant (client credentials, assertions). No row: the cached client is stale. */
export const INSERT_WITHOUT_GRANT: Statement = {
  name: 'access_token_insert',
  text: `
insert into access_token (bucket, id, digest, client_key, subject, scope, audience, session, issued_at, expires_at)
select $1, $2, $3, key, $6, $7, $8, $9, $10, $11 from client where key = $4 and version = $5
returning 1 as issued`,
};

/**
 * The token and everything that decides whether it is active: its row, its client, its grant, the generation of its
 * refresh chain. $1 id, $2 time.
 */
export const findActive = perBucket(
  'access_token_find',
  (bucket) => `
select t.digest, t.issued_at, t.expires_at, t.grant_id, g.consent_id, c.client_id, t.client_key,
  coalesce(t.subject, g.subject, c.client_id) as subject, coalesce(t.scope, g.scope) as scope,
  coalesce(t.audience, g.audience) as audience, coalesce(t.session, g.session) as session
from access_token t
join client c on c.key = t.client_key
left join authorization_grant g on g.id = t.grant_id
left join refresh_chain r on r.id = t.chain_id
where t.bucket = ${bucket} and t.id = $1 and t.expires_at > $2 and t.revoked_at is null
  and (c.access_tokens_valid_from is null or t.issued_at > c.access_tokens_valid_from)
  and (t.grant_id is null or (g.id is not null and g.revoked_at is null))
  and (t.chain_id is null or (r.generation = t.chain_generation and r.revoked_at is null))`,
);

/** RFC 7009: ends the token, or the whole grant that it hangs on. $1 id, $2 client key, $3 time. */
export const revoke = perBucket(
  'access_token_revoke',
  (bucket) => `
with token as (
  select grant_id from access_token where bucket = ${bucket} and id = $1 and client_key = $2
), ended as (
  update authorization_grant set revoked_at = $3 where id = (select grant_id from token) and revoked_at is null
)
update access_token set revoked_at = $3
where bucket = ${bucket} and id = $1 and client_key = $2 and grant_id is null and revoked_at is null`,
);

/** Ends the token, and the refresh chain that it came with; its grant lives on. $1 id, $2 client key, $3 time. */
export const revokeWithChain = perBucket(
  'access_token_revoke_chain',
  (bucket) => `
with token as (
  update access_token set revoked_at = coalesce(revoked_at, $3) where bucket = ${bucket} and id = $1 and client_key = $2
  returning chain_id
)
update refresh_chain set revoked_at = $3 where id = (select chain_id from token) and revoked_at is null`,
);

export interface ActiveTokenRow {
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
