import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Backchannel authentication (CIBA). `ciba_ping`: clients that wait to be told that the person has answered. `notice` is what is
 * sent, encrypted; `until`: when the request ends. A table of its own, because servers of earlier releases take every row of
 * `logout_delivery` for a logout. `flow.polled_at` and `flow.poll_interval` (milliseconds): the pace of a record that is polled.
 */
export class PingsAndPolls1764001800000 implements MigrationInterface {
  name = 'PingsAndPolls1764001800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ciba_ping (
        id uuid primary key,
        client_key bigint not null references client (key) on delete cascade,
        notice bytea not null,
        attempts integer not null default 0,
        created_at timestamptz not null,
        next_attempt_at timestamptz not null,
        until timestamptz not null
      )`);
    await runner.query('create index ciba_ping_due on ciba_ping (next_attempt_at)');
    await runner.query('create index ciba_ping_client on ciba_ping (client_key)');
    await runner.query('alter table flow add column polled_at timestamptz, add column poll_interval integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table flow drop column poll_interval, drop column polled_at');
    await runner.query('drop table ciba_ping');
  }
}
