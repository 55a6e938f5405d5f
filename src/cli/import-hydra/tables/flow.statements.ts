/** SQL of `hydra_oauth2_flow`: which of its rows are consents, and how those of one person at one client follow each other. */

/**
 * Whether a flow is taken: a condition on the row of that name. `state` is NULL since 26.2; before, 6 was a consent that was
 * used, and 5 one whose answer the browser had not brought yet.
 */
export function consentTaken(f: string): string {
  return `(${f}.consent_challenge_id is not null and ${f}.subject is not null
    and (${f}.state is null or ${f}.state in (5, 6)) and coalesce(${f}.consent_error, '') in ('', '{}', 'null'))`;
}

/**
 * The flows of the network $1 with two more columns. `basis`: the consent challenge of the newest remembered consent before
 * the row. `later_end`: the latest end of the remembered consents after it. Both windows only grow, for there may be
 * thousands of flows of one person at one client.
 */
export const FLOWS = `(
select f.*, follow.basis[2] as basis, follow.later_end
from hydra_oauth2_flow f join (
  select login_challenge, max(mark) over before as basis, max(ends) over after as later_end
  from (
    select login_challenge, subject, client_id, requested_at, consent_skip,
      case when remembers then array[to_char(requested_at, 'YYYYMMDDHH24MISSUS'), consent_challenge_id::text] end as mark,
      case when not remembers then null
        when consent_remember_for > 0 then requested_at + consent_remember_for * interval '1 second'
        else 'infinity' end as ends
    from (
      select *, ${consentTaken('flow')} and coalesce(state, 6) = 6 and consent_remember and not consent_skip as remembers
      from hydra_oauth2_flow flow where nid = $1
    ) flow
  ) marked
  window before as (partition by subject, client_id
      order by requested_at, consent_skip, login_challenge collate "C" rows between unbounded preceding and 1 preceding),
    after as (partition by subject, client_id
      order by requested_at desc, login_challenge collate "C" desc rows between unbounded preceding and 1 preceding)
) follow on follow.login_challenge = f.login_challenge
)`;
