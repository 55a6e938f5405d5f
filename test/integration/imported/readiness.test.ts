import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { ImportedRows } from './imported-rows.js';

const PATIENCE = { timeout: 20_000, interval: 50 };

describe('a server on a database with an import', () => {
  let database: TestDatabase;
  let rows: ImportedRows;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    rows = await ImportedRows.open(database.dsn);
    await rows.record({}, { finished: false });
    server = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await server.stop();
    await rows.close();
    await database.drop();
  });

  const ready = async (listener: 'public' | 'admin') => {
    const response = await fetch(`${server[listener]}/health/ready`);
    return { status: response.status, errors: ((await response.json()) as { errors?: Record<string, string> }).errors };
  };
  const keys = () => rows.query('select kid from json_web_key');
  const discovery = () => fetch(`${server.public}/.well-known/jwks.json`);

  it('is alive but not ready while the import is under way, and says why to administrators', async () => {
    const { status, errors } = await ready('admin');
    expect([status, Object.keys(errors ?? {})]).toEqual([503, ['import']]);
    expect(errors?.import).toContain('ostiary import hydra');
    expect(await ready('public')).toEqual({ status: 503, errors: { import: 'not available' } });
    expect((await fetch(`${server.public}/health/alive`)).status).toBe(200);
  });

  it('makes no signing key that the import may still bring', async () => {
    expect((await discovery()).status).toBe(503);
    expect(await keys()).toEqual([]);
  });

  it('is ready when the import has finished, without a restart', async () => {
    await rows.record({});
    await vi.waitFor(async () => {
      expect((await ready('public')).status).toBe(200);
    }, PATIENCE);
    expect((await discovery()).status).toBe(200);
    expect((await keys()).length).toBeGreaterThan(0);
  });
});
