import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import type { ConfigHolder } from '../../../src/config/config-holder.js';
import { startServer, type RunningServer } from '../../../src/server.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';

const [SECRET, OTHER] = ['a-system-secret-of-the-test', 'another-secret-that-opens-nothing'];
const PATIENCE = { timeout: 30_000, interval: 100 };

describe('readiness of a server that signs', () => {
  let database: TestDatabase;
  const running: RunningServer[] = [];

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => {
    for (const server of running) await server.stop();
    await database.drop();
  });

  async function start(...secrets: string[]): Promise<RunningServer> {
    const env = {
      DSN: database.dsn,
      LOG_LEVEL: 'fatal',
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_ADMIN_HOST: '127.0.0.1',
    };
    const loaded = loadConfiguration({ files: [], env: { ...env, SECRETS_SYSTEM: secrets.join(',') }, dev: true });
    const configuration = structuredClone(loaded);
    for (const name of ['public', 'admin'] as const) configuration.serve[name].port = 0;
    const server = await startServer({ configuration, listeners: ['public', 'admin'] });
    running.push(server);
    return server;
  }
  const ask = async (server: RunningServer, listener: 'public' | 'admin' = 'admin') => {
    const response = await fetch(`${server.address(listener)}/health/ready`);
    return { status: response.status, errors: ((await response.json()) as { errors?: Record<string, string> }).errors };
  };
  /** A server reuses a result for a moment, and on a busy machine its database may be late: neither concerns the keys. */
  const becomesReady = (server: RunningServer) =>
    vi.waitFor(async () => {
      expect((await ask(server)).status).toBe(200);
    }, PATIENCE);
  const missesKeys = async (server: RunningServer): Promise<Record<string, string>> => {
    const statuses = new Set<number>();
    const errors = await vi.waitFor(async () => {
      const told = await ask(server);
      statuses.add(told.status);
      expect(Object.keys(told.errors ?? {})).toEqual(['keys']);
      return told.errors ?? {};
    }, PATIENCE);
    expect([...statuses]).toEqual([503]);
    return errors;
  };
  const useSecrets = (config: ConfigHolder, ...system: string[]): void => {
    config.replace({ ...config.current, secrets: { ...config.current.secrets, system } });
  };

  it('is reported before any key was generated', async () => {
    await becomesReady(await start(SECRET));
  });

  it('is not there while no secret opens its keys: administrators learn why, and it recovers without a restart', async () => {
    const [maker] = running;
    await fetch(`${maker?.address('public') ?? ''}/.well-known/jwks.json`);
    const server = await start(OTHER);
    const errors = await missesKeys(server);
    expect(errors['keys']).toMatch(/hydra\.openid\.id-token.*secrets\.system.*hydra\.jwt\.access-token/);
    expect(JSON.stringify(errors)).not.toContain(OTHER);
    await vi.waitFor(async () => {
      expect(await ask(server, 'public')).toEqual({ status: 503, errors: { keys: 'not available' } });
    }, PATIENCE);
    expect((await fetch(`${server.address('public')}/health/alive`)).status).toBe(200);

    useSecrets(server.config, OTHER, SECRET);
    await becomesReady(server);
  });

  it('is reported again when newer keys replace those that no secret decrypts', async () => {
    const server = await start(OTHER);
    await missesKeys(server);
    for (const set of ['hydra.openid.id-token', 'hydra.jwt.access-token']) {
      const body = JSON.stringify({ alg: 'RS256', use: 'sig' });
      await fetch(`${server.address('admin')}/admin/keys/${set}`, { method: 'POST', body });
    }
    await becomesReady(server);
  });
});
