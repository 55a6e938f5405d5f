import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigModule } from '../../../src/config/config.module.js';
import type { Configuration } from '../../../src/config/configuration.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { DatabaseProbe } from '../../../src/database/database-probe.js';
import { EventsModule } from '../../../src/events/events.module.js';
import { openMigrator } from '../../../src/database/migrations.js';
import { HealthController } from '../../../src/health/health.controller.js';
import { HealthModule } from '../../../src/health/health.module.js';
import { controllerRoutes } from '../../../src/http/listener/routes/controller-routes.js';
import { HttpAdapter } from '../../../src/http/listener/http-adapter.js';
import { FlowStoreModule } from '../../../src/flow-store/flow-store.module.js';
import { HttpModule } from '../../../src/http/http.module.js';
import { Listeners } from '../../../src/http/listener/listeners.js';
import { ShutdownState } from '../../../src/http/listener/shutdown-state.js';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { httpConfiguration } from './configuration.js';

@Module({})
class Root {}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(database: TestDatabase, { hot }: { hot: boolean }) {
  const configuration: Configuration = {
    ...httpConfiguration(),
    log: { level: 'error', format: 'json', leak_sensitive_values: false, audit: 'off', redaction_text: '' },
    dsn: database.dsn,
    database: { prepared: 'auto', max_waiting: 0, max_wait: 0 },
    redis: { prefix: '', cluster: [] },
  };
  const imports = [
    ConfigModule.register(configuration),
    EventsModule,
    DatabaseModule.register(),
    FlowStoreModule,
    HttpModule,
    HealthModule,
  ];
  const adapter = new HttpAdapter();
  const app = await NestFactory.create({ module: Root, imports }, adapter, {
    abortOnError: false,
    bodyParser: false,
    logger: false,
  });
  await app.init();
  const health = app.get(HealthController);
  const hotRoutes = (['alive', 'ready'] as const).flatMap((name) => controllerRoutes(HealthController, name, health));
  const listeners = app.get(Listeners);
  await listeners.open(['public', 'admin'], { hotRoutes: hot ? hotRoutes : [], express: adapter.getInstance() });
  closing.push(() => database.drop());
  closing.push(async () => {
    await listeners.stopNow();
    await app.close();
  });
  return { public: listeners.address('public'), admin: listeners.address('admin'), app };
}

async function ask(url: string): Promise<[number, unknown]> {
  const response = await fetch(url);
  return [response.status, await response.json()];
}

const OK = [200, { status: 'ok' }];

describe('health', () => {
  it.each([true, false])('answers on both listeners (hot routes: %s)', async (hot) => {
    const server = await start(await freshDatabase(), { hot });
    const paths = ['/health/alive', '/health/ready', '/health/ready/'];
    for (const path of paths) expect(await ask(server.public + path), path).toEqual(OK);
    if (hot)
      for (const path of [...paths, '/admin/health/ready']) expect(await ask(server.admin + path), path).toEqual(OK);
    const head = await fetch(`${server.public}/health/alive`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  });

  it('shows the version to administrators', async () => {
    const server = await start(await freshDatabase(), { hot: true });
    expect(await ask(`${server.admin}/version`)).toMatchObject([
      200,
      { version: expect.stringMatching(/^v\d/) as string },
    ]);
    expect((await fetch(`${server.public}/version`)).status).toBe(404);
  });

  it('counts requests by route pattern in the metrics of the admin listener', async () => {
    const server = await start(await freshDatabase(), { hot: true });
    await ask(`${server.public}/health/alive`);
    for (const path of ['/metrics/prometheus', '/admin/metrics/prometheus']) {
      const response = await fetch(server.admin + path);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        expect.stringMatching(/^text\/plain/),
      ]);
      expect(await response.text()).toMatch(
        /^http_requests_total\{code="200",method="get",endpoint="\/health\/alive",.*\} 1$/m,
      );
    }
    expect((await fetch(`${server.public}/metrics/prometheus`)).status).toBe(404);
    expect((await fetch(`${server.public}/admin/metrics/prometheus`)).status).toBe(404);
  });

  it('is alive and not ready while migrations are pending, and ready without a restart once they are applied', async () => {
    const database = await emptyDatabase();
    const server = await start(database, { hot: true });
    expect(await ask(`${server.public}/health/alive`)).toEqual(OK);
    const [status, body] = await ask(`${server.admin}/health/ready`);
    expect([status, body]).toMatchObject([
      503,
      { errors: { migrations: expect.stringContaining('ostiary migrate sql up') as string } },
    ]);
    expect(await ask(`${server.public}/health/ready`)).toEqual([503, { errors: { migrations: 'not available' } }]);
    const migrator = await openMigrator(database.dsn);
    await migrator.up();
    await migrator.close();
    while ((await ask(`${server.public}/health/ready`))[0] !== 200);
  });

  it('is alive and not ready without the database; only administrators see the error', async () => {
    const database = await freshDatabase();
    const server = await start(database, { hot: true });
    await database.drop();
    expect(await ask(`${server.admin}/health/alive`)).toEqual(OK);
    const [status, body] = await ask(`${server.admin}/health/ready`);
    expect([status, Object.keys((body as { errors: object }).errors)]).toEqual([503, ['database']]);
    expect(await ask(`${server.public}/health/ready`)).toEqual([503, { errors: { database: 'not available' } }]);
  });

  it.each([true, false])(
    'checks the database at most a few times a second, however often it is requested (ready: %s)',
    async (there) => {
      const database = await freshDatabase();
      const server = await start(database, { hot: true });
      if (!there) await database.drop();
      const look = vi.spyOn(server.app.get(DatabaseProbe), 'obstacle');
      const began = performance.now();
      for (let i = 0; i < 100; i++) expect((await ask(`${server.public}/health/ready`))[0]).toBe(there ? 200 : 503);
      expect(look.mock.calls.length).toBeLessThan(Math.min(3 + (performance.now() - began) / 200, 100));
    },
  );

  it('leaves no connection open if the program stops during a check', async () => {
    const database = await freshDatabase();
    const server = await start(database, { hot: true });
    const probe = server.app.get(DatabaseProbe);
    const asked = probe.obstacle();
    probe.onApplicationShutdown();
    expect(await asked).toBeUndefined();
    const connections = (): Promise<unknown[]> =>
      server.app
        .get(DataSource)
        .query<unknown[]>(
          "select from pg_stat_activity where datname = current_database() and query like '%pg_is_in_recovery%' and pid <> pg_backend_pid()",
        );
    await expect.poll(connections).toEqual([]);
  });

  it('is alive and not ready while it shuts down', async () => {
    const server = await start(await freshDatabase(), { hot: true });
    server.app.get(ShutdownState).begin();
    expect(await ask(`${server.public}/health/alive`)).toEqual(OK);
    expect(await ask(`${server.admin}/health/ready`)).toEqual([
      503,
      { errors: { shutdown: 'The server is shutting down.' } },
    ]);
  });
});
