import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/index.js';
import { effectsOf } from '../../src/database/migrating/table-effects.js';
import { describeMigration } from '../../src/database/migrations.js';
import { BEFORE_THE_FIRST_RELEASE, type Declared, faultsOf } from './rules.js';

const changelog = readFileSync(fileURLToPath(new URL('../../CHANGELOG.md', import.meta.url)), 'utf8');
const releases = [...changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\]/gm)].map(([, version = '']) => version);

const judge = (up: string, declared: Declared = {}): string[] =>
  faultsOf({ up, effects: effectsOf(up, { stepped: declared.transaction === false }) }, declared, ['1.2.0']);

describe('the rules of migrations', () => {
  it.each(migrations.map((migration) => new migration()))('are kept by $name', async (migration) => {
    if (BEFORE_THE_FIRST_RELEASE.includes(migration.name)) return;
    expect(faultsOf(await describeMigration(migration), migration as Declared, releases)).toEqual([]);
  });

  it('do not apply to the migrations before the first release, which stay the same', () => {
    const names = migrations.map((migration) => new migration().name);
    expect(names.slice(0, BEFORE_THE_FIRST_RELEASE.length)).toEqual(BEFORE_THE_FIRST_RELEASE);
  });

  it.each([
    'alter table client drop column owner',
    'alter table client drop owner',
    'alter table client rename column owner to keeper',
    'alter table client rename to application',
    'drop table lease',
    'alter table client add column tenant text not null',
    'truncate consent',
  ])('report a statement that breaks the previous release: %s', (up) => {
    expect(judge(up)).toEqual([expect.stringContaining('breaks the release before')]);
    expect(judge(up, { unusedSince: '9.9.9' })).toEqual([expect.stringContaining('breaks the release before')]);
    expect(judge(up, { unusedSince: '1.2.0' })).toEqual([]);
  });

  it.each([
    'create index client_tenant on client (tenant)',
    'create unique index client_tenant on only client (tenant)',
    'alter table client add column token uuid default gen_random_uuid()',
    'alter table client add constraint tenant check (tenant is not null)',
    'alter table client add foreign key (tenant) references tenant',
    'alter table client add constraint t foreign key (tenant) references tenant on delete cascade',
    "update client set owner = ''",
    'delete from consent where remember',
    'with found as (select id from consent) update consent set remember = true from found where found.id = consent.id',
    'lock table client in share mode',
    'lock table client',
  ])('report a statement that blocks a large table: %s', (up) => {
    expect(judge(up)).toEqual([expect.stringContaining('as long as the table is large')]);
  });

  it.each([
    'alter table client alter column metadata type jsonb using metadata::jsonb',
    'alter table client alter owner set data type varchar(20)',
    'alter table client alter column owner set not null',
  ])('report both faults of: %s', (up) => {
    expect(judge(up)).toHaveLength(2);
  });

  it.each([
    ['create index concurrently a on client (owner)', {}, 'set transaction = false'],
    ['create index concurrently a on client (owner)', { transaction: false }, 'drop first'],
    ['create index concurrently if not exists a on client (owner)', { transaction: false }, 'drop first'],
    ['alter table client add column tenant text', { transaction: false }, 'if not exists'],
    ['create table tenant (id uuid primary key)', { transaction: false }, 'if not exists'],
    ['alter table client add constraint a check (true) not valid', { transaction: false }, 'drop first'],
  ])('report a statement that a killed process would leave incomplete: %s', (up, declared, fault) => {
    expect(judge(up, declared)).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    ['alter table client add column tenant text', {}],
    ["alter table client add column tenant text not null default '', add column level integer default 3", {}],
    ['alter table access_token add column place bytea, add column made_by uuid', {}],
    ['create table tenant (id uuid primary key, name text not null); create index tenant_name on tenant (name)', {}],
    ["create function f() returns void language plpgsql as $$ begin update client set owner = ''; end $$", {}],
    ["-- update client set owner = 'x;';\nalter table client add column a text default 'drop table b; c'", {}],
    ['drop index concurrently if exists a; create index concurrently a on client (owner)', { transaction: false }],
    [
      'alter table client drop constraint if exists a; alter table client add constraint a check (true) not valid; alter table client validate constraint a',
      { transaction: false },
    ],
    ['update client set owner = $1 where key > $2 and key <= $3', { transaction: false }],
  ])('allow: %s', (up, declared) => {
    expect(judge(up, declared)).toEqual([]);
  });
});
