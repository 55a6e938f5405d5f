import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Issuers whose assertions are accepted (RFC 7523). Each row hangs on the key that verifies them: who deletes the key,
 * deletes the trust.
 */
export class TrustedIssuers1764000100000 implements MigrationInterface {
  name = 'TrustedIssuers1764000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table trusted_issuer');
  }
}

const UP = `
create table trusted_issuer (
  id uuid primary key,
  issuer text collate "C" not null,
  kid text collate "C" not null,
  subject text collate "C" not null default '',
  allow_any_subject boolean not null,
  scope text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint trusted_issuer_subject check (allow_any_subject = (subject = '')),
  constraint trusted_issuer_unique unique (issuer, kid, subject),
  constraint trusted_issuer_key foreign key (issuer, kid) references json_web_key (set_id, kid) on delete cascade
);
create index trusted_issuer_list on trusted_issuer (issuer, id);
`;
