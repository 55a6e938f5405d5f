/**
 * SQL for grants and refresh chains on the hot paths. Each request that spends a credential is one statement that claims
 * the credential and issues its successors. The time of a use is stored by the clock of the database, and `judged_at`, the
 * time of the result, is by the same clock: servers with different clocks judge a second use alike (see RecentUses).
 */
import type { Statement } from '../../database/statements.js';
import { markCte } from '../../database/use-mark.statements.js';
import { enqueuePingCte } from '../../consent/ciba/ciba-ping.statements.js';
import { type IssuingExtras, IssuingStatement } from './issuing-statement.js';
import { limitedScopeSql } from './resource-scopes.js';
import { INTRODUCTION_VALUES, introduceClient } from '../../clients/metadata-documents/document.statements.js';
import { type ConsentKind, recordConsentCtes } from '../../consent/consents/consent.statements.js';
import { DELEGATION_LIVES, notedCte } from './sources.statements.js';

/**
 * Inserts the consent, the grant and, if requested, the front-channel access token together. The use mark makes the consent
 * verifier single-use. After the parameters of the consent: 1 grant id, 2 subject, 3 scope, 4 audience, 5 session, 6 code
 * digest, 7 code expiry, 8 now, 9 keep until; the token: 10 bucket, 11 id, 12 digest, 13 expiry; 14 confirmation of the code;
 * 15 scope of the token or null (that of the grant). After a backchannel authentication also the ping of the client, which 16
 * to 18 describe.
 */
export const START_GRANT: Record<ConsentKind, Statement> = startGrants();

/**
 * The same for a client that has no row yet, which it inserts. After the parameters of the consent come those of
 * `introduceClient` and the forced subject identifier or null, then the others.
 */
export const START_GRANT_OF_NEW_CLIENT: Record<ConsentKind, Statement> = startGrants({ isNew: true });

function startGrants(of: { isNew?: boolean } = {}): Record<ConsentKind, Statement> {
  return {
    given_once: startGrant('given_once', of),
    remembered: startGrant('remembered', of),
    skipped: startGrant('skipped', of),
    backchannel: startGrant('backchannel', of),
  };
}

function startGrant(kind: ConsentKind, { isNew = false }: { isNew?: boolean }): Statement {
  const consent = recordConsentCtes(1, kind, isNew ? introduceClient : undefined);
  const before = consent.count + (isNew ? INTRODUCTION_VALUES + 1 : 0);
  const $ = (n: number): string => `$${String(before + n)}`;
  const forced = `, forced as (
  insert into forced_subject (client_key, subject, identifier)
  select c.key, ${$(2)}, ${$(0)}::text from consented, consenting_client c where ${$(0)}::text is not null
)`;
  const text = `
with ${consent.ctes}, started as (
  insert into authorization_grant
    (id, client_key, consent_id, subject, scope, audience, session, code_digest, code_expires_at, created_at, keep_until,
      cnf)
  select ${$(1)}, c.key, consented.id, ${$(2)}, ${$(3)}, ${$(4)}, ${$(5)}, ${$(6)}, ${$(7)}, ${$(8)}, ${$(9)},
    ${$(14)}::bytea
  from consented, consenting_client c
  returning id
), issued as (
  insert into access_token (bucket, id, digest, client_key, client_version, grant_id, issued_at, expires_at, scope)
  select ${$(10)}::integer, ${$(11)}::uuid, ${$(12)}::bytea, c.key, c.version, started.id, ${$(8)}, ${$(13)}::timestamptz,
    ${$(15)}::text[]
  from started, consenting_client c where ${$(11)}::uuid is not null
)${kind === 'backchannel' ? `, ${enqueuePingCte(before + 16, { source: 'started, consenting_client', now: $(8) })}` : ''}${isNew ? forced : ''}
select exists(select from mark) as is_first, exists(select from consenting_session) as has_session,
  exists(select from consenting_client)${isNew ? ' or not exists(select from consenting_session)' : ''} as has_client,
  exists(select from consenting_basis) as has_basis`;
  return { name: `grant_start_${kind}${isNew ? '_new' : ''}`, text };
}

export interface StartedGrantRow {
  /** Whether the consent verifier was used for the first time, and the grant was written. */
  is_first: boolean;
  has_session: boolean;
  /** Whether the earlier consent that allowed the skip still exists; true if consent was not skipped. */
  has_basis: boolean;
  /** Whether the client exists and has the known version. */
  has_client: boolean;
}

/**
 * Redeems a code. 1 grant id, 2 code digest, 3 now, 4 client key, 5 client version, 6 session or null, 7 keep until;
 * the access token: 8 bucket, 9 id, 10 digest, 11 expiry; the refresh token: 12 chain id or null, 13 digest, 14 expiry,
 * 15 keep until; confirmations: 16 of the access token, 17 of the refresh token; for the access token's row, where null is
 * that of the grant: 18 audience, all of which was granted, 19 session. `seen` reads the snapshot: if it shows an unredeemed
 * code whose grant has the audience, but `claimed` is empty, a race was lost.
 */
export const REDEEM_CODE = new IssuingStatement('grant_redeem_code', 19, redeemCode);

function redeemCode({ mark, limits }: IssuingExtras): string {
  const audience = 'coalesce($18::text[], claimed.audience)';
  const scope = limits && limitedScopeSql({ scope: 'claimed.scope', audience, limits });
  return `
with ${mark ? `${markCte(mark)}, ` : ''}seen as (
  select g.redeemed_at, g.revoked_at, g.client_key, g.cnf, g.audience, c.version
  from authorization_grant g join client c on c.key = g.client_key where g.id = $1 and g.code_digest = $2
), claimed as (
  update authorization_grant g set redeemed_at = clock_timestamp(), session = coalesce($6, g.session), keep_until = greatest(g.keep_until, $7)
  from client c
  where g.id = $1 and g.code_digest = $2 and g.redeemed_at is null and g.revoked_at is null
    and c.key = g.client_key and c.key = $4 and c.version = $5 and (g.cnf is null or g.cnf = $16)
    and ($18::text[] is null or $18 <@ g.audience)
    ${mark ? 'and exists (select from mark)' : ''}
  returning g.id, g.subject, g.scope, g.audience, g.session, g.consent_id
), chained as (
  insert into refresh_chain (id, grant_id, digest, issued_at, expires_at, keep_until, cnf)
  select $12::uuid, id, $13::bytea, $3, $14::timestamptz, $15::timestamptz, $17::bytea from claimed
  where $12::uuid is not null and scope && array['offline', 'offline_access']
  returning id
), issued as (
  insert into access_token
    (bucket, id, digest, client_key, client_version, grant_id, chain_id, chain_generation, issued_at, expires_at, cnf,
      audience, session${scope ? ', scope' : ''})
  select $8, $9, $10, $4, $5, claimed.id, chained.id, case when chained.id is not null then 0 end, $3, $11, $16, $18,
    $19${scope ? `, ${scope}` : ''}
  from claimed left join chained on true${scope ? ' returning scope' : ''}
)
select seen.redeemed_at, seen.revoked_at, seen.client_key, seen.version, claimed.id as grant_id, claimed.subject,
  claimed.scope, seen.audience, claimed.session, claimed.consent_id, (select id from chained) as chain_id,
  clock_timestamp() as judged_at, seen.cnf, ${mark ? 'exists (select from mark)' : 'true'} as is_first
  ${scope ? ', (select scope from issued) as token_scope' : ''}
from seen left join claimed on true`;
}

/**
 * Returns the row of REDEEM_CODE again if this draft redeemed the code; no row if it did not, or if its tokens have ended.
 * 1 grant id, 2 bucket and 3 id of the access token, 4 chain id or null.
 */
export const READ_REDEEMED: Statement = {
  name: 'grant_read_redeemed',
  text: `
select g.redeemed_at, g.revoked_at, g.client_key, c.version, g.id as grant_id, g.subject, g.scope, g.audience, g.session,
  g.consent_id, r.id as chain_id, clock_timestamp() as judged_at, g.cnf, true as is_first, t.scope as token_scope
from access_token t join authorization_grant g on g.id = t.grant_id join client c on c.key = g.client_key
left join refresh_chain r on r.id = $4 and r.grant_id = g.id
where g.id = $1 and t.bucket = $2 and t.id = $3 and g.revoked_at is null`,
};

/** The access that a code represents. The code is not spent. 1 grant id, 2 code digest. */
export const READ_CODE: Statement = {
  name: 'grant_read_code',
  text: `
select g.redeemed_at, g.revoked_at, g.client_key, c.version, g.id as grant_id, g.subject, g.scope, g.audience, g.session,
  g.consent_id, null::uuid as chain_id, clock_timestamp() as judged_at, g.cnf, true as is_first
from authorization_grant g join client c on c.key = g.client_key where g.id = $1 and g.code_digest = $2`,
};

export interface CodeRow {
  redeemed_at: Date | null;
  revoked_at: Date | null;
  client_key: string;
  version: number;
  grant_id: string | null;
  subject: string;
  scope: string[];
  audience: string[];
  session: Buffer;
  consent_id: string | null;
  chain_id: string | null;
  judged_at: Date;
  cnf: Buffer | null;
  /** Whether the proof of the request is used for the first time; true if it has no mark. */
  is_first: boolean;
  /** The scope in the access token's own row, if it has one. */
  token_scope?: string[] | null;
}

/** Whether a draft of START_GRANT was written: a row if the grant exists. 1 grant id. */
export const READ_STARTED: Statement = {
  name: 'grant_read_started',
  text: `
select true as is_first, true as has_session, true as has_client, true as has_basis
from authorization_grant where id = $1`,
};

/** Revokes the grant of a redeemed code (RFC 6749 §4.1.2). 1 grant id, 2 code digest, 3 now. */
export const REVOKE_REPLAYED_CODE: Statement = {
  name: 'grant_revoke_replayed_code',
  text: `
update authorization_grant set revoked_at = $3
where id = $1 and code_digest = $2 and redeemed_at is not null and revoked_at is null
returning id as grant_id, subject`,
};

/** Revokes a grant with all its tokens. 1 grant id, 2 now. */
export const REVOKE_GRANT: Statement = {
  name: 'grant_revoke',
  text: `update authorization_grant set revoked_at = $2 where id = $1 and revoked_at is null`,
};

/** The chain `r` with its client `c` and what it may do: what a delegation `d` says, else its grant `g`. */
export const OF_CHAIN = `from refresh_chain r join authorization_grant g on g.id = r.grant_id
  left join delegation d on d.id = r.delegation_id join client c on c.key = coalesce(d.client_key, g.client_key)`;

/** The columns of RefreshRow that come from OF_CHAIN. */
export const REFRESH_COLUMNS = `r.generation, r.digest, r.expires_at, r.previous_used_at, r.previous_uses,
    case when r.revoked_at is null and ${DELEGATION_LIVES} then null else coalesce(r.revoked_at, r.issued_at) end
      as chain_revoked_at,
    g.id as grant_id, c.key as client_key, g.revoked_at, g.subject, coalesce(d.scope, g.scope) as scope,
    coalesce(d.audience, g.audience) as audience, coalesce(d.session, g.session) as session, g.consent_id, r.cnf, c.version,
    d.id as delegation_id`;

/**
 * The source of an update of chain `r`, which the CTE `seen` has read, with the conditions that its grant and delegation are in
 * force and that the client (6 key, 7 version) may have what they hold (8 scopes, 9 audiences or null) and the request asks for
 * (10 scopes or null).
 */
export const FROM_LIVE_CHAIN = `from authorization_grant g, client c, seen
  where r.id = $1 and g.id = r.grant_id and g.revoked_at is null and r.revoked_at is null and seen.chain_revoked_at is null
    and seen.client_key = $6 and c.key = $6 and c.version = $7
    and (r.expires_at is null or r.expires_at > $4)
    and ($8::text[] is null or seen.scope <@ $8) and ($9::text[] is null or seen.audience <@ $9)
    and ($10::text[] is null or $10 <@ seen.scope)`;

/** The CTE that stores the session of a hook ($11 or null) where the chain has its session. @param used the CTE of the chain */
export function storedCtes(used: string): string {
  return `stored as (
  update authorization_grant set session = $11
  where $11::bytea is not null and id = (select grant_id from ${used} where delegation_id is null)
), stored_apart as (
  update delegation set session = $11 where $11::bytea is not null and id = (select delegation_id from ${used})
)`;
}

/**
 * Rotates a refresh token. 1 chain id, 2 generation, 3 digest, 4 arrival, 5 now, 6 client key, 7 client version,
 * 8 scopes that the client may have or null (checked before), 9 audiences likewise, 10 narrowed scope or null,
 * 11 session for the grant's row or null; successor: 12 digest, 13 expiry, 14 keep until; access token: 15 bucket, 16 id,
 * 17 digest, 18 expiry; grace: 19 seconds or null (strict), 20 uses (0: any number), 21 branch id, 22 branch digest;
 * 23 session for the access token's row or null; confirmations: 24 of the request, 25 for a chain that is bound to none yet;
 * 26 audience for the access token's row or null, all of which was granted.
 * The generation of the row after locking decides (RFC 9700 §4.14.2). A chain whose generation numbers are exhausted
 * continues as a new chain. So does one that becomes bound: a second use of its earlier tokens, which are bound to nothing, must
 * not pass for an attempt without the key, or a thief with a key of his own would stay unnoticed. A null `keep_until` means
 * "for ever" and must win, but `greatest` would ignore it.
 */
export const ROTATE = new IssuingStatement('refresh_rotate', 26, rotate);

function rotate({ mark, limits }: IssuingExtras): string {
  const asked = { scope: 'coalesce($10::text[], moved.scope)', audience: 'coalesce($26::text[], moved.audience)' };
  const scope = limits && limitedScopeSql({ ...asked, limits });
  return `
with ${mark ? `${markCte(mark)}, ` : ''}seen as (
  select ${REFRESH_COLUMNS}
  ${OF_CHAIN}
  where r.id = $1
), moved as (
  update refresh_chain r set
    generation = case when r.generation = $2 then r.generation + 1 else r.generation end,
    digest = case when r.generation = $2 then $12 else r.digest end,
    issued_at = case when r.generation = $2 then $5 else r.issued_at end,
    expires_at = case when r.generation = $2 then $13 else r.expires_at end,
    keep_until = case when r.generation <> $2 then r.keep_until
      when $14::timestamptz is not null then greatest(r.keep_until, $14) end,
    previous_used_at = case when r.generation = $2 then clock_timestamp() else r.previous_used_at end,
    previous_uses = case when r.generation = $2 then 1 else r.previous_uses + 1 end
  ${FROM_LIVE_CHAIN} and (r.cnf is null or r.cnf = $24)
    and ($26::text[] is null or $26 <@ seen.audience)
    ${mark ? 'and exists (select from mark)' : ''}
    and ((r.generation = $2 and r.digest = $3)
      or (r.generation = $2 + 1
        and clock_timestamp() < r.previous_used_at + make_interval(secs => $19::double precision)
        and ($20 = 0 or r.previous_uses < $20)))
  returning r.grant_id, r.delegation_id, r.cnf,${scope ? ' seen.scope, seen.audience,' : ''}
    r.digest = $12 and $2 < 65535 and (r.cnf is not null or $25::bytea is null) as rotated
), branched as (
  insert into refresh_chain (id, grant_id, digest, issued_at, expires_at, keep_until, cnf, delegation_id)
  select $21, grant_id, $22, $5, $13, $14, coalesce(cnf, $25::bytea), delegation_id from moved where not rotated
), ${storedCtes('moved')}, issued as (
  insert into access_token
    (bucket, id, digest, client_key, client_version, grant_id, chain_id, chain_generation, scope, session, issued_at,
      expires_at, cnf, audience)
  select $15, $16, $17, $6, $7, grant_id, case when rotated then $1 else $21::uuid end,
    case when rotated then $2 + 1 else 0 end, ${scope ? `coalesce(${scope}, $10::text[])` : '$10'}, $23, $5, $18, $24, $26
  from moved${scope ? ' returning scope' : ''}
)
select seen.*, moved.rotated, clock_timestamp() as judged_at, ${mark ? 'exists (select from mark)' : 'true'} as is_first
  ${scope ? ', (select scope from issued) as token_scope' : ''}
from seen left join moved on true`;
}

export interface RefreshRow {
  generation: number;
  digest: Buffer;
  expires_at: Date | null;
  previous_used_at: Date | null;
  previous_uses: number;
  chain_revoked_at: Date | null;
  grant_id: string;
  client_key: string;
  revoked_at: Date | null;
  subject: string;
  scope: string[];
  audience: string[];
  session: Buffer;
  consent_id: string | null;
  version: number;
  /** True: the chain was rotated; false: a new chain was started (a use within the grace period, a first key); null: refused. */
  rotated: boolean | null;
  judged_at: Date;
  cnf: Buffer | null;
  /** The delegation from which scope, audience, session and client come; null if they come from the grant. */
  delegation_id: string | null;
  /** Whether the proof of the request is used for the first time; true if it has no mark. */
  is_first: boolean;
  /** The scope in the access token's own row, if it has one. */
  token_scope?: string[] | null;
}

/**
 * Returns the row of ROTATE again if it issued this draft; no row if it did not, or if its tokens have ended. 1 chain id,
 * 2 bucket and 3 id of the access token.
 */
export const READ_ROTATED: Statement = {
  name: 'refresh_read_rotated',
  text: `
select ${REFRESH_COLUMNS}, r.id = $1 as rotated, clock_timestamp() as judged_at, true as is_first, t.scope as token_scope
${OF_CHAIN} join access_token t on t.chain_id = r.id
where t.bucket = $2 and t.id = $3 and g.revoked_at is null and r.revoked_at is null`,
};

/** A refresh token with all values that decide whether it is active. 1 chain id. */
export const READ_REFRESH: Statement = {
  name: 'refresh_read',
  text: `
select ${REFRESH_COLUMNS}, r.issued_at, c.client_id, null::boolean as rotated, clock_timestamp() as judged_at, true as is_first
${OF_CHAIN}
where r.id = $1`,
};

/**
 * RFC 7009: revokes the grant of a refresh token of this client, or the delegation of one that came by exchange. 1 chain id,
 * 2 client key, 3 now.
 */
export const REVOKE_REFRESH: Statement = {
  name: 'refresh_revoke',
  text: `
with ended as (
  update authorization_grant g set revoked_at = $3 from refresh_chain r
  where r.id = $1 and g.id = r.grant_id and r.delegation_id is null and g.client_key = $2 and g.revoked_at is null
  returning g.id as grant_id, g.subject
), apart as (
  select d.id, g.id as grant_id, g.subject from refresh_chain r join delegation d on d.id = r.delegation_id
  join authorization_grant g on g.id = d.grant_id
  where r.id = $1 and d.client_key = $2 and g.revoked_at is null
    and not exists (select from ended_source e where e.id = d.id)
), ${notedCte('select id, grant_id, $3 from apart')}
select grant_id, subject from ended union all select grant_id, subject from apart`,
};

/** Revokes the chain of a refresh token of this client, but no other chain of its grant. 1 chain id, 2 client key, 3 now. */
export const REVOKE_CHAIN: Statement = {
  name: 'refresh_revoke_chain',
  text: `
with chain as (
  select r.id, g.id as grant_id, g.subject ${OF_CHAIN} where r.id = $1 and c.key = $2
), ended as (
  update refresh_chain r set revoked_at = $3 from chain where r.id = chain.id and r.revoked_at is null
  returning r.id, chain.grant_id, chain.subject
), ${notedCte('select id, grant_id, $3 from ended')}
select grant_id, subject from ended`,
};

/** The row of a revoking statement. Without a row nothing was revoked. */
export interface EndedRow {
  grant_id: string;
  subject: string;
}
