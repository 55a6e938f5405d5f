import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import { connectApart, connectForRequests } from '../../../src/database/data-source.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { DatabaseUnreachable } from '../../../src/database/database-unreachable.js';
import { Migrated } from '../../../src/database/migrated.js';
import { openMigrator } from '../../../src/database/migrations.js';
import { Statements } from '../../../src/database/statements.js';
import { isUnavailable } from '../../../src/database/unavailable.js';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { configured } from './connections.js';
import { refusingPooler } from './refusing-pooler.js';

@Module({})
class Configured {}

@Module({})
class Application {}

describe('database module', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;

  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  async function start(dsn: string): Promise<void> {
    const holder = { provide: ConfigHolder, useValue: configured(dsn) };
    const config = { module: Configured, global: true, providers: [holder], exports: [holder] };
    const imports = [config, DatabaseModule.register()];
    app = await NestFactory.createApplicationContext({ module: Application, imports }, { logger: false });
  }

  async function asAdministrator(text: string, values: unknown[] = []): Promise<void> {
    const client = new pg.Client({ connectionString: database.dsn });
    await client.connect();
    await client.query(text, values);
    await client.end();
  }

  const run = (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    app.get(Statements).run({ name: `s${text.length}`, text }, values);

  const only = (dsn: string, parameters: string): string => `${dsn}${dsn.includes('?') ? '&' : '?'}${parameters}`;

  it('is ready at once on a migrated database, and sets its application name', async () => {
    database = await freshDatabase();
    await start(database.dsn);
    expect(app.get(Migrated).ready).toBe(true);
    expect(await app.get(Migrated).pending()).toEqual([]);
    expect(
      await run(`select current_setting('application_name') as name, current_setting('statement_timeout') as limit`),
    ).toEqual([{ name: 'ostiary', limit: '30s' }]);
  });

  it('becomes ready without a restart after the migrations are applied', async () => {
    database = await emptyDatabase();
    await start(database.dsn);
    const migrated = app.get(Migrated);
    expect(migrated.ready).toBe(false);
    expect(await migrated.pending()).not.toEqual([]);
    await expect(run('select * from client')).rejects.toSatisfy(isUnavailable);

    const migrator = await openMigrator(database.dsn);
    await migrator.up();
    await migrator.close();
    await migrated.whenReady;
    expect(migrated.ready).toBe(true);
    expect(await run('select * from client')).toEqual([]);
  });

  it('continues after the loss of all its connections', async () => {
    database = await freshDatabase();
    await start(database.dsn);
    const sleeping = run('select pg_sleep(60)');
    const lost = expect(sleeping).rejects.toSatisfy(isUnavailable);
    await run('select 1');
    await asAdministrator(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await lost;
    await expect.poll(() => run('select 1 as one').catch(() => undefined)).toEqual([{ one: 1 }]);
  });

  it('keeps its connection when PostgreSQL only refuses a statement', async () => {
    database = await freshDatabase();
    await start(only(database.dsn, 'max_conns=1'));
    const before = await run('select pg_backend_pid() as pid');
    await expect(run('insert into lease (name) values (null)')).rejects.toThrow();
    expect(await run('select pg_backend_pid() as pid')).toEqual(before);
  });

  it('works behind a pooler that refuses settings', async () => {
    database = await freshDatabase();
    const pooler = await refusingPooler(database.dsn);
    await start(pooler.dsn);
    expect(await run('select 1 as one')).toEqual([{ one: 1 }]);
    await pooler.close();
  });

  it('takes its pool size from the dsn', async () => {
    database = await freshDatabase();
    await start(only(database.dsn, 'max_conns=2'));
    const pids = await Promise.all(
      Array.from({ length: 6 }, () => run('select pg_backend_pid() as pid, pg_sleep(0.01)')),
    );
    expect(new Set(pids.map(([row]) => row?.pid)).size).toBeLessThanOrEqual(2);
  });
});

describe('a database that cannot be used', () => {
  it('stops the start with a message that names it, without its password', async () => {
    const refused = connectForRequests('postgres://user:hunter2@127.0.0.1:1/somewhere', []);
    await expect(refused).rejects.toThrow(DatabaseUnreachable);
    await expect(refused).rejects.toThrow(/127\.0\.0\.1:1, database somewhere/);
    await expect(refused).rejects.not.toThrow(/hunter2/);
  });

  it('has its connection closed if it refuses without closing it', async () => {
    const refusal = Buffer.from('SFATAL\0C28000\0Mrefused\0\0');
    const head = Buffer.from([0x45, 0, 0, 0, refusal.length + 4]);
    const server = createServer((socket) => socket.on('data', () => socket.write(Buffer.concat([head, refusal]))));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(connectApart(`postgres://user@127.0.0.1:${port}/any?sslmode=disable`, 5_000)).rejects.toThrow(
      'refused',
    );
    await expect.poll(() => promisify(server.getConnections.bind(server))()).toBe(0);
    server.close();
  });

  it('is a failure at once if it does not exist', async () => {
    const database = await freshDatabase();
    await database.drop();
    await expect(connectForRequests(database.dsn, [])).rejects.toThrow(/does not exist/);
  });
});
