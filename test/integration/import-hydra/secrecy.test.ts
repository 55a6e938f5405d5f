import { stringify } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigurationTree, merged } from '../../../src/config/configuration-tree.js';
import { type DumpRow, dumpTables } from '../../support/dump-text.js';
import {
  type HydraConfiguration,
  hydraAnswers,
  hydraConfiguration,
  hydraDatabase,
  hydraDump,
  hydraVectors,
} from '../../support/hydra-database.js';
import { hydraOpened } from '../../support/hydra-crypto.js';
import { secondHydra, secondHydraDatabase } from '../../support/hydra-second.js';
import { inClear, rowsAtRest } from '../../support/in-clear.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { killAll, ostiary, program } from '../cli/ostiary.js';
import { Folder } from '../config/folder.js';

interface Held {
  configuration: HydraConfiguration;
  tables: Record<string, DumpRow[]>;
  vectors: unknown;
  tokens: string[];
}

async function first(): Promise<Held> {
  const tokens = Object.keys(await hydraAnswers());
  const [configuration, vectors] = [await hydraConfiguration(), await hydraVectors()];
  return { configuration, tables: dumpTables(await hydraDump()), vectors, tokens };
}

async function second(): Promise<Held> {
  const { configuration, dump, vectors, expected } = await secondHydra();
  return { configuration, tables: dumpTables(dump), vectors, tokens: Object.keys(expected) };
}

const folder = new Folder();

beforeAll(program);
afterEach(killAll);
afterAll(() => {
  folder.remove();
});

describe.each([
  ['the first database', first, hydraDatabase],
  ['the second database', second, secondHydraDatabase],
])('an import from Hydra keeps secrets: %s', (_, held, database) => {
  let hydra: TestDatabase;
  let target: TestDatabase;
  let source: Held;
  const said: string[] = [];
  const codes: (number | null)[] = [];

  beforeAll(async () => {
    [hydra, target, source] = await Promise.all([database(), freshDatabase(), held()]);
    const { configuration } = source;
    const { system } = configuration.secrets;
    const importHydra = ['import', 'hydra', target.dsn, '--yes'];
    await run([...importHydra, '--dry-run'], configuration);
    await run(importHydra, configuration, { secrets: { system: ['a secret of somebody else', ...system.slice(1)] } });
    await run([...importHydra, '--format', 'json'], configuration);
    await run(importHydra, configuration);
    for (const cookie of cookiesOf(source).slice(0, 2))
      await run(['doctor', '--from-hydra', '--cookie', cookie], configuration, { dsn: target.dsn });
  });
  afterAll(() => Promise.all([hydra.drop(), target.drop()]));

  async function run(args: string[], configuration: HydraConfiguration, over: ConfigurationTree = {}): Promise<void> {
    const tree = merged(configuration, over);
    const file = folder.write('secrecy.yaml', stringify(tree));
    const { code, stdout, stderr } = await ostiary([...args, '-c', file], { HYDRA_DSN: hydra.dsn });
    said.push(stdout, stderr);
    codes.push(code);
  }

  it('commands print none, and no token, cookie or key', () => {
    expect(codes).toEqual([0, 1, 0, 0, 0, 0]);
    expect(said.join('\n')).toContain('hydra_oauth2_refresh');
    expect(inClear([...secretsOf(source), ...tokensOf(source), ...claimsOf(source)], said)).toEqual([]);
  });

  it('none lies in the new database, nor what would make a token of a row, nor a claim', async () => {
    const rows = await rowsAtRest(target.dsn);
    expect(rows.filter((row) => row.startsWith('public.imported_refresh_token')).length).toBeGreaterThan(20);
    expect(inClear([...secretsOf(source), ...tokensOf(source), ...claimsOf(source)], rows)).toEqual([]);
  });

  it('while the old database shows that these tests would find them', async () => {
    const rows = await rowsAtRest(hydra.dsn);
    expect(inClear(claimsOf(source), rows).length).toBeGreaterThan(0);
    expect(inClear(tokensOf(source), rows).length).toBeGreaterThan(20);
  });
});

const strings = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(strings)
    : typeof value === 'string'
      ? [value]
      : [];

const cookiesOf = ({ vectors }: Held): string[] =>
  [...JSON.stringify(vectors).matchAll(/"\w*session\w*":"([\w=-]{150,})"/g)].map(([, value = '']) => value);

/** Secrets of the configuration, of clients, and the private members of keys. */
function secretsOf({ configuration, tables, vectors }: Held): string[] {
  const keys = (tables.hydra_jwk ?? []).map(
    ({ keydata }) => JSON.parse(hydraOpened(keydata ?? '', configuration.secrets.system)) as { d?: string },
  );
  const ofClients = [...JSON.stringify(vectors).matchAll(/"secrets":(\[[^\]]*\])/g)].flatMap(
    ([, list = '']) => JSON.parse(list) as string[],
  );
  const { secrets, oidc } = configuration;
  return [
    ...new Set([
      ...strings(secrets),
      oidc.subject_identifiers.pairwise.salt,
      ...ofClients,
      ...keys.flatMap(({ d }) => d ?? []),
    ]),
  ];
}

/** Tokens, codes and cookies, each half of a token that is no digest, and the keys of rows that are such a half. */
function tokensOf(source: Held): string[] {
  const { tables, vectors, tokens } = source;
  const held = JSON.stringify(vectors).match(/ory_\w\w_[\w-]{43}\.[\w-]{43}/g) ?? [];
  const keys = ['refresh', 'code', 'pkce', 'oidc'].flatMap((name) =>
    (tables[`hydra_oauth2_${name}`] ?? []).map(({ signature }) => signature ?? ''),
  );
  const registration = (tables.hydra_client ?? []).map((client) => client.registration_access_token_signature ?? '');
  const opaque = [...tokens, ...held].filter((token) => !token.startsWith('eyJ'));
  return [
    ...new Set([
      ...tokens,
      ...held,
      ...opaque.flatMap((token) => token.split('.')),
      ...keys,
      ...registration,
      ...cookiesOf(source),
    ]),
  ].filter((text) => text.length > 8);
}

/** What the login and consent app said about people. */
function claimsOf({ tables }: Held): string[] {
  const consents = (tables.hydra_oauth2_flow ?? []).map(
    (flow) => JSON.parse(flow.session_id_token ?? 'null') as unknown,
  );
  return [...new Set([...consents.flatMap(strings), '9007199254740993123'])].filter((text) => text.length > 8);
}
