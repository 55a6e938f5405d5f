/** SQL of the table `use_mark`: hot, because every assertion needs it, and the insert itself decides which use was first. */
import type { Statement } from './statements.js';

/** $1 buckets to mark, $2 digest, $3 buckets that can hold an earlier mark, $4 claimant, $5 digests of earlier marks. */
export const CLAIM: Statement = {
  name: 'use_mark_claim',
  text: `
insert into use_mark (bucket, digest, claimed_by)
select marked, $2, $4::uuid from unnest($1::integer[]) marked
where not exists (select from use_mark where bucket = any($3::integer[]) and digest = any($5::bytea[]))
on conflict do nothing
returning bucket`,
};

/** The marks of one claimant. $1 buckets, $2 digest, $3 claimant. */
export const READ_CLAIM: Statement = {
  name: 'use_mark_read_claim',
  text: 'select bucket from use_mark where bucket = any($1::integer[]) and digest = $2 and claimed_by = $3::uuid',
};

/**
 * The CTE `mark`, by which a statement spends marks along with its own work. It returns `claimed_by` for each mark whose value
 * is used for the first time, or was used before by the same claimant: a request may send its statement several times.
 * @param marks SQL that yields bucket, digest and claimant, each digest once
 */
export function markCte(marks: string): string {
  return `mark as (
  insert into use_mark (bucket, digest, claimed_by) ${marks}
  on conflict (bucket, digest) do update set claimed_by = excluded.claimed_by
    where use_mark.claimed_by = excluded.claimed_by
  returning claimed_by
)`;
}

/** Spends one mark. $1 bucket, $2 digest, $3 claimant. */
export const SPEND: Statement = {
  name: 'use_mark_spend',
  text: `with ${markCte('values ($1::integer, $2::bytea, $3::uuid)')} select from mark`,
};
