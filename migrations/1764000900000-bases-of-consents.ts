import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What earlier versions did not write down of consents: a skipped one rested on the newest one that was remembered before
 * it, and the newest one that is remembered took the place of those before it. One pass over the consents of each subject
 * and client, in their order, for a browser application may have left thousands; servers go on meanwhile.
 */
export class BasesOfConsents1764000900000 implements MigrationInterface {
  name = 'BasesOfConsents1764000900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FIND_OUT);
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

/** `nth`: how many remembered ones there were by then; the first row that counts so many is the last of them. */
const FIND_OUT = `
with counted as (
  select id, subject, client_key, skip, remember and not skip as counts,
    count(*) filter (where remember and not skip) over before as nth,
    count(*) filter (where remember and not skip) over pair as total
  from consent
  window pair as (partition by subject, client_key), before as (partition by subject, client_key order by id)
), found as (
  select id, skip and nth > 0 as rests, counts and nth < total as superseded,
    first_value(id) over (partition by subject, client_key, nth order by id) as basis
  from counted
)
update consent it set rests_on = case when found.rests then found.basis end, superseded = found.superseded
from found where found.id = it.id and (found.rests or found.superseded)
`;

/** A basis that was revoked meanwhile takes along what rests on it. */
const UP = `
lock table consent in share row exclusive mode;
delete from consent it where rests_on is not null and not exists (select from consent basis where basis.id = it.rests_on);
create index consent_rests_on on consent (rests_on) where rests_on is not null;
alter table consent add foreign key (rests_on) references consent on delete cascade;
`;

const DOWN = `
alter table consent drop constraint consent_rests_on_fkey;
drop index consent_rests_on;
update consent set rests_on = null, superseded = false where rests_on is not null or superseded;
`;
