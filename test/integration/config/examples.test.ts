/** The configuration in README.md and the pages starts a server; test/docs holds each example against the schema. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { REST, VARIABLES } from '../../docs/configurations.js';
import { type Block, blocksOf, PAGES, placeOf } from '../../docs/pages.js';
import { treatmentOf } from '../../docs/treatment.js';
import { freePorts } from '../../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { killAll, program, Running } from '../cli/ostiary.js';
import { Folder } from './folder.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What the demo sets by itself, which has the hook of its own app. */
const DEMO = { OIDC_CIBA_HOOK: 'https://login.example.com/ciba/hook' };

const folder = new Folder();
let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await program();
});
afterEach(killAll);
afterAll(async () => {
  folder.remove();
  await database.drop();
});

/** The configuration variables that a shell example sets. */
function variablesOf({ text }: Pick<Block, 'text'>): Record<string, string> {
  const set = [...text.matchAll(/(?:^|[\s;])([A-Z][A-Z0-9_]*)=(?:'([^']*)'|"([^"]*)"|([^\s;]*))/g)];
  const pairs = set.map(([, name = '', single, double, bare]) => [name, single ?? double ?? bare ?? ''] as const);
  return Object.fromEntries(pairs.filter(([name]) => VARIABLES.has(name)));
}

const examples = PAGES.flatMap(blocksOf).map((block) => ({ ...block, place: placeOf(block) }));
const files = examples.filter((block) => treatmentOf(block).as === 'configuration');
const shells = examples.filter((block) => block.kind === 'sh' && Object.keys(variablesOf(block)).length > 0);

describe('the examples of the documentation', () => {
  it('are found', () => {
    expect(files.length).toBeGreaterThan(2);
    expect(shells.length).toBeGreaterThan(0);
  });

  it.each(shells)('are accepted as variables: $place', (example) => {
    const others = example.text.includes('npm run demo') ? { ...REST, ...DEMO } : REST;
    expect(() => loadConfiguration({ files: [], env: { ...others, ...variablesOf(example) } })).not.toThrow();
  });

  it('are accepted in docker-compose.yml', () => {
    const { services } = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')) as {
      services: { ostiary: { environment: Record<string, string> } };
    };
    const env = { ...services.ostiary.environment, SECRETS_SYSTEM: REST.SECRETS_SYSTEM };
    for (const name of Object.keys(env)) expect(VARIABLES.has(name), name).toBe(true);
    expect(() => loadConfiguration({ files: [], env, dev: true })).not.toThrow();
  });

  const whole = files.filter(({ kind, text }) => kind !== 'toml' && 'dsn' in (parse(text) as object));

  it.each(whole)('start a server on an existing database: $place', async ({ kind, text }) => {
    const [onPublic, onAdmin] = await freePorts(2);
    const server = new Running(['serve', 'all', '-c', folder.write(`whole.${kind}`, text)], {
      DSN: database.dsn,
      SERVE_PUBLIC_PORT: String(onPublic),
      SERVE_ADMIN_PORT: String(onAdmin),
    });
    await server.says('The public listener is open on');
    await server.says('The admin listener is open on');
    server.signal('SIGINT');
    expect((await server.ended).code).toBe(0);
  });

  const starts = shells.filter((example) => 'DSN' in variablesOf(example) && example.text.includes(' serve '));

  it.each(starts)('start a server with variables: $place', async (example) => {
    const [onPublic, onAdmin] = await freePorts(2);
    const ports = { SERVE_PUBLIC_PORT: String(onPublic), SERVE_ADMIN_PORT: String(onAdmin) };
    const server = new Running(['serve', 'all'], { ...variablesOf(example), DSN: database.dsn, ...ports });
    await server.says('The admin listener is open on');
    server.signal('SIGINT');
    expect((await server.ended).code).toBe(0);
  });
});
