/** The image where Ory's chart puts it: its commands, its users, its file. Run by `npm run image:check`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../support/free-ports.js';
import { emptyDatabase, type TestDatabase } from '../support/postgres.js';
import { Container, type Running } from './container.js';
import { IMAGE } from './image-folder.js';

const CONFIG = ['--config', '/etc/config/hydra.yaml'];
const SERVE = ['hydra', 'serve', 'all', ...CONFIG];
const MIGRATE = ['hydra', 'migrate', 'sql', '-e', '--yes', ...CONFIG];
const JANITOR = [
  'hydra',
  'janitor',
  '--grants',
  '--requests',
  '--tokens',
  '--batch-size',
  '100',
  '--limit',
  '10000',
  ...CONFIG,
];
/** In exec form, as the Dockerfile has it. */
const HEALTH = JSON.parse(
  /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8'))?.[1] ??
    '[]',
) as string[];

/** The embedded database of the tests listens on a socket of this machine's file system, which a container has not. */
const hasDatabase = process.env['TEST_DSN'] !== undefined;
if (IMAGE !== undefined && !hasDatabase) process.stdout.write('No TEST_DSN: the image is not started.\n');

describe.skipIf(IMAGE === undefined || !hasDatabase)('the image where Ory’s chart puts it', () => {
  let container: Container;
  let database: TestDatabase;
  let ports: { public: number; admin: number };
  let env: NodeJS.ProcessEnv;
  let before: string[];

  beforeAll(async () => {
    database = await emptyDatabase();
    const [open = 0, admin = 0] = await freePorts(2);
    ports = { public: open, admin };
    env = { DSN: database.dsn, sync: '2026-01-01', OTHER_PORT: 'tcp://10.0.0.1:80', NODE_ENV: 'production' };
    container = new Container(IMAGE ?? '');
    container.configure(`serve: { public: { port: ${open} }, admin: { port: ${admin} } }\nlog: { level: info }\n`);
    before = container.files();
  });
  afterAll(async () => {
    container.remove();
    await database.drop();
  });

  it('migrates the database, given the address of it alone', () => {
    expect(container.run(MIGRATE, env)).toMatchObject({ code: 0 });
  });

  it('serves, is healthy, and ends with 0 on the signal that an engine sends to process 1', async () => {
    const server = container.start(SERVE, {
      ...env,
      URLS_SELF_ISSUER: 'https://id.example.com/',
      SECRETS_SYSTEM: '"a-long-random-text-1","a-long-random-text-2"',
      SECRETS_COOKIE: 'a-long-random-text-3',
    });
    try {
      await ready(server);
      const discovery = await fetch(`http://127.0.0.1:${String(ports.public)}/.well-known/openid-configuration`);
      expect(await discovery.json()).toMatchObject({ issuer: 'https://id.example.com/' });
      expect(container.run(HEALTH, { SERVE_ADMIN_PORT: String(ports.admin) })).toEqual({ code: 0, output: '' });
      expect(await server.signal('SIGTERM')).toBe(0);
    } finally {
      await server.kill();
    }
    expect(server.output).not.toMatch(/EROFS|EACCES/);
    expect(container.run(HEALTH, { SERVE_ADMIN_PORT: String(ports.admin) }).code).toBe(1);
  });

  it('cleans up as the user of that chart’s CronJob, without secrets', () => {
    expect(container.run(JANITOR, env, '100:65534')).toMatchObject({ code: 0 });
  });

  it('is a file system that nothing can write to, and nothing did', () => {
    const write = ['node', '-e', "require('fs').writeFileSync('/ostiary/dist/src/.compiled/x', '')"];
    expect(container.run(write, {}, '0:0').output).toContain('EROFS');
    expect(container.files()).toEqual(before);
  });

  async function ready(server: Running): Promise<void> {
    const isReady = async () => {
      if (server.hasEnded) throw new Error(server.output);
      const answer = await fetch(`http://127.0.0.1:${String(ports.admin)}/health/ready`, {
        headers: { host: '127.0.0.1' },
      });
      return answer.status;
    };
    await expect.poll(() => isReady().catch((error: unknown) => String(error))).toBe(200);
  }
});
