/** A possible schema of the next release: one migration of each expanding kind, written by the rules. */
import type { QueryRunner } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import type { MigrationClass } from '../../src/database/migrations.js';

const PORTION = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

class NullableColumns4000000000001 {
  name = 'NullableColumns4000000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['client', 'access_token', 'refresh_chain', 'json_web_key'])
      await runner.query(`alter table ${table} add column later text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['client', 'access_token', 'refresh_chain', 'json_web_key'])
      await runner.query(`alter table ${table} drop column later`);
  }
}

class ColumnsWithDefaults4000000000002 {
  name = 'ColumnsWithDefaults4000000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['login_session', 'authorization_grant', 'consent', 'use_mark', 'flow'])
      await runner.query(`alter table ${table} add column level integer not null default 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['login_session', 'authorization_grant', 'consent', 'use_mark', 'flow'])
      await runner.query(`alter table ${table} drop column level`);
  }
}

class NewTable4000000000003 {
  name = 'NewTable4000000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table tenant (id uuid primary key, client_key bigint not null references client on delete cascade, name text);
create index tenant_name on tenant (name)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table tenant');
  }
}

class NewIndexes4000000000004 {
  name = 'NewIndexes4000000000004';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop index concurrently if exists client_secret');
    await runner.query('create index concurrently client_secret on client (secret_hash)');
    await runner.query('drop index concurrently if exists grant_subject');
    await runner.query('create index concurrently grant_subject on authorization_grant (subject, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index concurrently if exists client_secret');
    await runner.query('drop index concurrently if exists grant_subject');
  }
}

class FilledInPortions4000000000005 {
  name = 'FilledInPortions4000000000005';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (let after: string | undefined = BEFORE_ALL; after !== undefined;) {
      const rows = (await runner.query(
        `with portion as (select id from authorization_grant where id > $1 order by id limit ${PORTION} for no key update)
, written as (update authorization_grant it set level = 2 from portion where it.id = portion.id and it.level = 1)
select id from portion order by id desc limit 1`,
        [after],
      )) as { id: string }[];
      after = rows[0]?.id;
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('update authorization_grant set level = 1 where level = 2');
  }
}

class ConstraintInTwoSteps4000000000006 {
  name = 'ConstraintInTwoSteps4000000000006';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table refresh_chain drop constraint if exists later_is_short');
    await runner.query(
      'alter table refresh_chain add constraint later_is_short check (later is null or length(later) < 9) not valid',
    );
    await runner.query('alter table refresh_chain validate constraint later_is_short');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table refresh_chain drop constraint if exists later_is_short');
  }
}

export const NEXT: readonly MigrationClass[] = [
  NullableColumns4000000000001,
  ColumnsWithDefaults4000000000002,
  NewTable4000000000003,
  NewIndexes4000000000004,
  FilledInPortions4000000000005,
  ConstraintInTwoSteps4000000000006,
];

/** All current migrations, and those of the next release. */
export const withNext: readonly MigrationClass[] = [...migrations, ...NEXT];
