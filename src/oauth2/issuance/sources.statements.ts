/**
 * SQL about what an exchanged token comes from (RFC 8693). The conditions look upwards, from the token to its sources by
 * their keys, so that a revocation changes one row however much was exchanged from it, and holds for what is being exchanged
 * at that moment as well.
 */
import type { Statement } from '../../database/statements.js';

/**
 * If an administrator revoked the access tokens of a client, a token of an earlier client version is inactive. No clock is
 * involved, unless an earlier release issued the token or revoked the tokens: it writes no version, so the times of both
 * servers are compared.
 * @param c alias of the client @param version its version when the token was issued, or null @param issuedAt of the token
 */
export function issuedSinceTheCut(c: string, version: string, issuedAt: string): string {
  return `${c}.access_tokens_valid_from is null
    or case when ${c}.access_tokens_cut_at = ${c}.access_tokens_valid_from and ${version} is not null
      then ${version} >= ${c}.access_tokens_valid_version else ${issuedAt} > ${c}.access_tokens_valid_from end`;
}

/** Whether nothing of the lineage was revoked without its grant. A null lineage costs nothing. */
export function lineageLives(lineage: string): string {
  return `(${lineage} is null or not exists (select from ended_source where id = any(${lineage})))`;
}

/**
 * Whether all clients that the token comes from exist and have not had their access tokens ended. A null list costs nothing.
 * @param versions those of the clients; a missing or null one: the end of the access tokens does not matter
 */
export function sourceClientsLive(clients: string, versions: string, issuedAt: string): string {
  return `(${clients} is null or not exists (
    select from unnest(${clients}, ${versions}) as source (key, version) left join client sc on sc.key = source.key
    where sc.key is null or (source.version is not null and not (${issuedSinceTheCut('sc', 'source.version', issuedAt)}))))`;
}

/** Whether a delegation `d`, which may be none, may still be used. */
export const DELEGATION_LIVES = `${lineageLives('d.lineage')}
    and ${sourceClientsLive('d.source_clients', 'null::integer[]', 'd.created_at')}`;

/** The CTE `noted`: ends sources. @param ended SQL that yields id, grant id or null, and the time until which it is kept */
export function notedCte(ended: string): string {
  return `noted as (
  insert into ended_source (id, grant_id, keep_until) ${ended}
  on conflict (id) do nothing
)`;
}

/** Ends a delegation with all its chains and tokens, and all that was exchanged from them. 1 id, 2 grant id, 3 keep until. */
export const END_DELEGATION: Statement = {
  name: 'delegation_end',
  text: `with ${notedCte('values ($1::uuid, $2::uuid, $3::timestamptz)')} select`,
};
