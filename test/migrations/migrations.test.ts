import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

  it('go up, down and up again, and make what schema.sql says', async () => {
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

  it('are applied once when three processes do it at the same moment', async () => {
    const command = [pathOf('../support/run-module.mjs'), pathOf('./migrate-module.ts'), database.dsn];
    const outputs = await Promise.all([1, 2, 3].map(() => run(process.execPath, command)));
    const applied = outputs.map(({ stdout }) => Number(stdout));
    expect(applied.reduce((a, b) => a + b)).toBe(migrationIds.length);
    expect((await migrator.status()).every(({ state }) => state === 'Applied')).toBe(true);
  });
});
