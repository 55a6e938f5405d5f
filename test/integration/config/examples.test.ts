import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ignoredKeys } from '../../../src/config/ignored-keys.js';
import { variableOf } from '../../../src/config/environment-layer.js';
import { givenValues, loadConfiguration } from '../../../src/config/load-configuration.js';
import { keysBelow, schemaTree } from '../../../src/config/schema-node.js';
import { valueAt } from '../../../src/config/configuration-tree.js';
import { freePorts } from '../../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { killAll, program, Running } from '../cli/ostiary.js';
import { Folder } from './folder.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** `(indent)```(kind)`, the text, and the same indent again. */
const FENCE = /^([ ]*)```(yaml|yml|json|toml|sh|bash)\n([^]*?)^\1```$/gm;

interface Example {
  /** `page:line` */
  place: string;
  kind: string;
  text: string;
}

/** Completes an example that is only a part of a configuration. */
const REST = {
  DSN: 'postgres://ostiary@db.example/ostiary',
  SECRETS_SYSTEM: 'a-system-secret-of-a-test',
  URLS_SELF_ISSUER: 'https://id.example.com',
};
const VARIABLES = new Map([...keysBelow(schemaTree())].map(({ path }) => [variableOf(path), path]));

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

function examples(): Example[] {
  return PAGES.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    return [...text.matchAll(FENCE)].map(({ index, 1: indent = '', 2: kind = '', 3: block = '' }) => ({
      place: `${page}:${String(text.slice(0, index).split('\n').length)}`,
      kind,
      text: block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }));
  });
}

const isConfiguration = ({ kind, text }: Example): boolean => {
  if (kind === 'sh' || kind === 'bash') return false;
  if (kind === 'toml') return true;
  const value = parse(text) as unknown;
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return names.length > 0 && names.every((name) => schemaTree().properties.has(name));
};

/** The configuration variables that a shell example sets. */
function variablesOf({ text }: Example): Record<string, string> {
  const set = [...text.matchAll(/(?:^|[\s;])([A-Z][A-Z0-9_]*)=(?:'([^']*)'|"([^"]*)"|([^\s;]*))/g)];
  const pairs = set.map(([, name = '', single, double, bare]) => [name, single ?? double ?? bare ?? ''] as const);
  return Object.fromEntries(pairs.filter(([name]) => VARIABLES.has(name)));
}

const files = examples().filter(isConfiguration);
const shells = examples().filter(
  ({ kind, text }) => /^(sh|bash)$/.test(kind) && Object.keys(variablesOf({ place: '', kind, text })).length > 0,
);

describe('the examples of the documentation', () => {
  it('are found', () => {
    expect(files.length).toBeGreaterThan(2);
    expect(shells.length).toBeGreaterThan(0);
  });

  it.each(files)('are accepted, and every key has an effect: $place', ({ kind, text }) => {
    const file = folder.write(`example.${kind}`, text);
    const given = givenValues({ files: [file], env: {} });
    const rest = Object.entries(REST).filter(([name]) => valueAt(given, VARIABLES.get(name) ?? []) === undefined);
    const configuration = loadConfiguration({ files: [file], env: Object.fromEntries(rest) });
    expect(ignoredKeys(configuration)).toEqual([]);
  });

  it.each(shells)('are accepted as variables: $place', (example) => {
    expect(() => loadConfiguration({ files: [], env: { ...REST, ...variablesOf(example) } })).not.toThrow();
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
