/**
 * Which clients and key sets were changed, so that every process forgets what it has cached of them: a notification when
 * the change commits, and a row for those that cannot listen. Triggers, so that no writer can forget it. A new client is
 * no change: nothing is cached of a client that is not there.
 *
 * `xact` orders rows by the transactions that wrote them. The payload of a notification stays below 8000 bytes: an id has
 * at most 255 characters. src/invalidation listens and polls; what is older than an hour goes.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CacheChanges1764000400000 implements MigrationInterface {
  readonly name = 'CacheChanges1764000400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
create table cache_change (
  xact xid8 not null default pg_current_xact_id(),
  kind text collate "C" not null,
  id text collate "C" not null,
  changed_at timestamptz not null default now(),
  primary key (xact, kind, id)
);

create function announce_change(kind text, id text) returns void language plpgsql set search_path from current as $$
begin
  insert into cache_change (kind, id) values (announce_change.kind, announce_change.id) on conflict do nothing;
  perform pg_notify('ostiary_change', json_build_array(announce_change.kind, announce_change.id)::text);
end $$;

create function announce_client_change() returns trigger language plpgsql set search_path from current as $$
begin
  perform announce_change('client', old.client_id);
  return null;
end $$;

create function announce_key_change() returns trigger language plpgsql set search_path from current as $$
begin
  perform announce_change('key_set', coalesce(new.set_id, old.set_id));
  return null;
end $$;

create trigger client_change after update or delete on client
  for each row execute function announce_client_change();
create trigger json_web_key_change after insert or update or delete on json_web_key
  for each row execute function announce_key_change();
`;

const DOWN = `
drop trigger json_web_key_change on json_web_key;
drop trigger client_change on client;
drop function announce_key_change();
drop function announce_client_change();
drop function announce_change(text, text);
drop table cache_change;
`;
