import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigModule } from '../../../src/config/config.module.js';
import type { Configuration } from '../../../src/config/configuration.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { EventsModule } from '../../../src/events/events.module.js';
import { openMigrator } from '../../../src/database/migrations.js';
import { HealthEndpoint } from '../../../src/health/health.endpoint.js';
import { HealthModule } from '../../../src/health/health.module.js';
import type { HotRoute } from '../../../src/http/exchange.js';
import { HttpAdapter } from '../../../src/http/http-adapter.js';
import { FlowStoreModule } from '../../../src/flow-store/flow-store.module.js';
import { HttpModule } from '../../../src/http/http.module.js';
import { Listeners } from '../../../src/http/listeners.js';
import { ShutdownState } from '../../../src/http/shutdown-state.js';
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
    database: { prepared: 'auto', max_waiting: 0 },
    redis: { prefix: '', cluster: [] },
  };
  const imports = [
    ConfigModule.register(configuration),
    EventsModule,
    DatabaseModule.register({ entities: [] }),
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
  const health = app.get(HealthEndpoint);
  const hotRoutes: HotRoute[] = (['public', 'admin'] as const).flatMap((listener) => {
    const prefix = listener === 'admin' ? '/admin' : '';
    return [
      { listener, method: 'GET', path: `${prefix}/health/alive`, name: 'alive', endpoint: (e) => health.alive(e) },
      { listener, method: 'GET', path: `${prefix}/health/ready`, name: 'ready', endpoint: (e) => health.ready(e) },
    ] satisfies HotRoute[];
  });
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

  it('tells the version to administrators', async () => {
    const server = await start(await freshDatabase(), { hot: true });
    expect(await ask(`${server.admin}/version`)).toMatchObject([
      200,
      { version: expect.stringMatching(/^v\d/) as string },
    ]);
    expect((await fetch(`${server.public}/version`)).status).toBe(404);
  });

  it('counts requests by the pattern of their route, for scrapers on the admin listener', async () => {
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

  it('is alive and not ready without the database; how it failed is told to administrators only', async () => {
    const server = await start(await freshDatabase(), { hot: true });
    await server.app.get(DataSource).destroy();
    expect(await ask(`${server.admin}/health/alive`)).toEqual(OK);
    const [status, body] = await ask(`${server.admin}/health/ready`);
    expect([status, Object.keys((body as { errors: object }).errors)]).toEqual([503, ['database']]);
    expect(await ask(`${server.public}/health/ready`)).toEqual([503, { errors: { database: 'not available' } }]);
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
