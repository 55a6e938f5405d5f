import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BasesOfConsents1764000900000 } from '../../migrations/1764000900000-bases-of-consents.js';
import { migrations } from '../../migrations/index.js';
import { migrationIds, type Migrator, openMigrator } from '../../src/database/migrations.js';
import { checkSchema } from '../support/check-schema.js';
import { emptyDatabase, type TestDatabase } from '../support/postgres.js';

const run = promisify(execFile);
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

describe('migrations', () => {
  let database: TestDatabase;
  let migrator: Migrator;

  beforeEach(async () => {
    database = await emptyDatabase();
    migrator = await openMigrator(database.dsn);
  });
  afterEach(async () => {
    await migrator.close();
    await database.drop();
  });

  async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: database.dsn });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  it('go up, down and up again, and create the schema in schema.sql', async () => {
    const committed = await readFile(pathOf('../../migrations/schema.sql'), 'utf8');
    expect(await checkSchema(database.dsn)).toBe(committed);
  });

  it('are listed with their state and their SQL, oldest first', async () => {
    const before = await migrator.status();
    expect(before.map(({ name, version }) => name + version)).toEqual(migrationIds);
    expect(before.every(({ state }) => state === 'Pending')).toBe(true);
    expect(before[0]?.up).toMatch(/^create table client/);
    expect(before[0]?.down).toMatch(/^drop table/);

    const applied = await migrator.up();
    expect(applied.map(({ name, version }) => name + version)).toEqual(migrationIds);
    expect((await migrator.status()).every(({ state }) => state === 'Applied')).toBe(true);
    expect(await migrator.up()).toEqual([]);
  });

  it('roll back as many steps as asked for, newest first', async () => {
    await migrator.up();
    const undone = await migrator.down(1);
    expect(undone.map(({ name, version }) => name + version)).toEqual([migrationIds.at(-1)]);
    expect((await migrator.status()).filter(({ state }) => state === 'Pending')).toHaveLength(1);
    expect(await migrator.down(99)).toHaveLength(migrationIds.length - 1);
    expect(await migrator.down(1)).toEqual([]);
  });

  it('determine the basis of consents of earlier versions', async () => {
    await migrator.up();
    await migrator.down(migrations.length - migrations.indexOf(BasesOfConsents1764000900000));
    await query(`insert into client (client_id, metadata, created_at, updated_at)
      values ('one', '{}', now(), now()), ('two', '{}', now(), now())`);
    /** Number, subject, client, and kind: r(emembered), o(nce), s(kipped, which is remembered as well). */
    const given: [number, string, string, string][] = [
      [1, 'ann', 'one', 's'], // was skipped before anything was remembered, or for a deleted consent
      [2, 'ann', 'one', 'r'],
      [3, 'ann', 'one', 's'],
      [4, 'ann', 'two', 'r'],
      [5, 'bob', 'one', 'r'],
      [6, 'ann', 'one', 'o'],
      [7, 'ann', 'one', 's'],
      [8, 'ann', 'one', 'r'],
      [9, 'ann', 'one', 's'],
    ];
    const id = (n: number): string => `00000000-0000-7000-8000-00000000000${n}`;
    for (const [n, subject, client, kind] of given) {
      await query(`insert into consent (id, subject, client_key, granted_scope, granted_audience, remember, remember_for,
          skip, requested_at, handled_at, details)
        select '${id(n)}', '${subject}', key, '{}', '{}', ${kind !== 'o'}, 0, ${kind === 's'}, now(), now(), ''
        from client where client_id = '${client}'`);
    }
    await migrator.up();
    const rows = await query<{ n: string; rests_on: string | null; superseded: boolean }>(
      'select id as n, rests_on, superseded from consent where rests_on is not null or superseded order by id',
    );
    expect(rows.map(({ n, rests_on, superseded }) => [n, rests_on, superseded])).toEqual([
      [id(2), null, true],
      [id(3), id(2), false],
      [id(7), id(2), false],
      [id(9), id(8), false],
    ]);
  });

  it('of a newer version are not rolled back', async () => {
    await migrator.up();
    await query(`insert into migrations (timestamp, name) values (9999999999999, 'Later9999999999999')`);
    await expect(migrator.down(1)).rejects.toThrow(/Later9999999999999, is not known/);
    expect((await migrator.status()).every(({ state }) => state === 'Applied')).toBe(true);
  });

  it('leave nothing behind when they fail', async () => {
    await query('create table consent (id integer)');
    await expect(migrator.up()).rejects.toThrow(/consent/);
    const tables = await query<{ relname: string }>(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    );
    expect(tables.map(({ relname }) => relname)).toEqual(['consent']);
  });

  it('are applied once by three processes at the same time', async () => {
    const command = [pathOf('../support/run-module.mjs'), pathOf('./migrate-module.ts'), database.dsn];
    const outputs = await Promise.all([1, 2, 3].map(() => run(process.execPath, command)));
    const applied = outputs.map(({ stdout }) => Number(stdout));
    expect(applied.reduce((a, b) => a + b)).toBe(migrationIds.length);
    expect((await migrator.status()).every(({ state }) => state === 'Applied')).toBe(true);
  });
});
