/**
 * Refreshing without rotation (FAPI 2.0 Security Profile §5.3.2.1): the refresh token stays the one it is, so a lost answer costs
 * nothing. Its expiry stays too. Other statements of refresh_chain are in grant.statements.ts.
 */
import { markCte } from '../../database/use-mark.statements.js';
import { FROM_LIVE_CHAIN, OF_CHAIN, REFRESH_COLUMNS, storedCtes } from './grant.statements.js';
import { type IssuingExtras, IssuingStatement } from './issuing-statement.js';
import { limitedScopeSql } from './resource-scopes.js';

/**
 * 1 chain id, 2 generation, 3 digest, 4 arrival, 5 now, 6 client key, 7 client version, 8 scopes that the client may have or null
 * (checked before), 9 audiences likewise, 10 narrowed scope or null, 11 session for the grant's row or null, 12 keep until;
 * access token: 13 bucket, 14 id, 15 digest, 16 expiry, 17 session or null, 18 audience or null, all of which was granted, 19 confirmation. The row is as that
 * of ROTATE.
 */
export const KEEP = new IssuingStatement('refresh_keep', 19, keep);

function keep({ mark, limits }: IssuingExtras): string {
  const asked = { scope: 'coalesce($10::text[], kept.scope)', audience: 'coalesce($18::text[], kept.audience)' };
  const scope = limits && limitedScopeSql({ ...asked, limits });
  return `
with ${mark ? `${markCte(mark)}, ` : ''}seen as (
  select ${REFRESH_COLUMNS}
  ${OF_CHAIN}
  where r.id = $1
), kept as (
  update refresh_chain r set keep_until = case when r.keep_until is not null then greatest(r.keep_until, $12) end
  ${FROM_LIVE_CHAIN} and (r.cnf is null or r.cnf = $19)
    and ($18::text[] is null or $18 <@ seen.audience)
    ${mark ? 'and exists (select from mark)' : ''}
    and r.generation = $2 and r.digest = $3
  returning r.grant_id, r.delegation_id${scope ? ', seen.scope, seen.audience' : ''}
), ${storedCtes('kept')}, issued as (
  insert into access_token
    (bucket, id, digest, client_key, client_version, grant_id, chain_id, chain_generation, scope, session, issued_at,
      expires_at, audience, cnf)
  select $13, $14, $15, $6, $7, grant_id, $1, $2, ${scope ? `coalesce(${scope}, $10::text[])` : '$10'}, $17, $5, $16, $18, $19
  from kept${scope ? ' returning scope' : ''}
)
select seen.*, case when kept.grant_id is not null then true end as rotated, clock_timestamp() as judged_at,
  ${mark ? 'exists (select from mark)' : 'true'} as is_first
  ${scope ? ', (select scope from issued) as token_scope' : ''}
from seen left join kept on true`;
}
