import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who is still to be told that a login session has ended, and what came of it: written together with the end of the
 * session. The session is gone by then, so its id and subject are kept here; a client takes its rows with it.
 */
export class LogoutOutbox1764000200000 implements MigrationInterface {
  name = 'LogoutOutbox1764000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table logout_delivery');
  }
}

const UP = `
create table logout_delivery (
  id uuid primary key,
  channel text not null check (channel in ('back_channel', 'identity_provider')),
  client_key bigint references client on delete cascade,
  login_session_id uuid not null,
  subject text collate "C" not null,
  identity_provider_session_id text,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed', 'expired')),
  attempts integer not null default 0,
  created_at timestamptz not null,
  next_attempt_at timestamptz not null,
  last_attempt_at timestamptz,
  finished_at timestamptz,
  response_status integer,
  failure text,
  constraint logout_delivery_receiver check ((channel = 'back_channel') = (client_key is not null))
);
create index logout_delivery_due on logout_delivery (next_attempt_at) where state = 'pending';
create index logout_delivery_client on logout_delivery (client_key, id);
create index logout_delivery_subject on logout_delivery (subject, id);
create index logout_delivery_session on logout_delivery (login_session_id, id);
`;
