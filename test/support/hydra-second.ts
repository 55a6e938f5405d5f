/**
 * A second database of Hydra, made from the first: two generations of system secrets mixed row by row, cookie secrets,
 * another salt, keys that were added, graceful rotation, bcrypt, sessions in the clear and with the names of 1.x.
 * Every credential in it is new. All but the time at which tokens were used, which counts from now, is the same at every run.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dumpTables, dumpWith } from './dump-text.js';
import { claimsOf, hydraOpened, hydraToken, type NamedKey, publicPart, rs256, sha384Hex } from './hydra-crypto.js';
import {
  hydraAnswers,
  type HydraConfiguration,
  hydraConfiguration,
  hydraDump,
  hydraVectors,
} from './hydra-database.js';
import { introspected } from './hydra-oracle.js';
import { databaseFrom, type TestDatabase } from './postgres.js';
import { restoreDump } from './restore-dump.js';
import { addGracefulFamilies } from './hydra-second/graceful.js';
import { addRareRows } from './hydra-second/rare.js';
import {
  COOKIE,
  COOKIE_SECRETS,
  type Held,
  pairwise,
  SecondHydra,
  SECRETS,
  type Vectors,
} from './hydra-second/state.js';

export interface HydraFixture {
  dump: string;
  configuration: HydraConfiguration;
  /** Token → what Hydra would answer. */
  expected: Record<string, unknown>;
  /** What clients hold, by the name of the file. */
  vectors: Record<string, Vectors>;
}

const SALT = 'a pairwise salt that is no secret of anything else';
const SECTOR = '127.0.0.1:5555';
const KEY_SETS = ['hydra.openid.id-token', 'hydra.jwt.access-token'] as const;
const OPAQUE = /ory_(?:at|rt|ac|dc)_[\w-]{43}\.[\w-]{43}/g;
const JWT = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g;

export async function secondHydra(): Promise<HydraFixture> {
  const [dump, first, keys] = [await hydraDump(), await hydraConfiguration(), await newKeys()];
  const [vectors, answers] = [(await hydraVectors()) as Record<string, Vectors>, await hydraAnswers()];
  const second = new SecondHydra(dumpTables(dump), first, configurationOf(await hydraConfiguration()), new Map());
  const held = JSON.stringify({ vectors, answers });
  renewTokens(second, held);
  renewSubjects(second);
  renewJwts(second, held, keys);
  renewRows(second, keys);
  const renewed = renewedTexts(second, { vectors, tokens: Object.keys(answers) });
  renewHeld(second, renewed.vectors, keys);
  addGracefulFamilies(second, renewed);
  await addRareRows(second, renewed);
  const state = { tables: second.tables, configuration: second.configuration, now: second.now };
  return {
    dump: dumpWith(dump, second.tables),
    configuration: second.configuration,
    expected: Object.fromEntries(renewed.tokens.map((token) => [token, introspected(token, state)])),
    vectors: renewed.vectors,
  };
}

const newKeys = async (): Promise<NamedKey[]> =>
  JSON.parse(await readFile(join(import.meta.dirname, '../fixtures/hydra-second/keys.json'), 'utf8')) as NamedKey[];

function configurationOf(configuration: HydraConfiguration): HydraConfiguration {
  configuration.oidc.subject_identifiers.pairwise.salt = SALT;
  return {
    ...configuration,
    secrets: { system: [...SECRETS], cookie: [...COOKIE_SECRETS] },
    serve: { cookies: { names: { session: COOKIE } } },
    ttl: { access_token: '87600h' },
    oauth2: { grant: { refresh_token: { rotation_grace_period: '2400h', rotation_grace_reuse_count: 3 } } },
  };
}

/** Every opaque token, and the keys of the rows that are made of it. */
function renewTokens({ random, renewed }: SecondHydra, held: string): void {
  for (const [i, token] of [...new Set(held.match(OPAQUE))].entries()) {
    const next = hydraToken(token.slice(0, 7), random.next(32), SECRETS[i % 2]!);
    const [mac, nextMac] = [token.split('.')[1]!, next.split('.')[1]!];
    renewed.set(token, next).set(mac, nextMac).set(sha384Hex(mac), sha384Hex(nextMac));
  }
}

/** The identifiers of pairwise clients under another salt; forced ones stay. */
function renewSubjects({ tables, first, renewed }: SecondHydra): void {
  const { salt } = first.oidc.subject_identifiers.pairwise;
  for (const { subject } of tables.hydra_oauth2_flow ?? []) {
    const name = subject ?? '';
    renewed.set(pairwise(SECTOR, name, salt), pairwise(SECTOR, name, SALT));
  }
}

/**
 * JWTs of the server, signed anew. After a key was added Hydra signs with it, while tokens of older grants go on naming
 * the old one: a third of them is such a token.
 */
function renewJwts(second: SecondHydra, held: string, keys: readonly NamedKey[]): void {
  const { random, renewed, first } = second;
  const { issuer } = first.urls.self;
  const jwts = [...new Set(held.match(JWT))].filter((jwt) => claimsOf(jwt).iss === issuer);
  const seen = [0, 0];
  for (const jwt of jwts) {
    const set = 'client_id' in claimsOf(jwt) ? 1 : 0;
    const [old, added] = [keysOf(second, KEY_SETS[set])[0]!, keys[set]!];
    const turns: [NamedKey, string][] = [
      [added, old.kid],
      [old, old.kid],
      [added, added.kid],
    ];
    const [key, kid] = turns[seen[set]!++ % 3]!;
    const claims = { ...(JSON.parse(replaced(JSON.stringify(claimsOf(jwt)), renewed)) as object), jti: random.uuid() };
    const next = rs256(claims, key, kid);
    const [signature, nextSignature] = [jwt.split('.')[2]!, next.split('.')[2]!];
    renewed.set(jwt, next).set(sha384Hex(signature), sha384Hex(nextSignature));
  }
}

function keysOf({ tables, first }: SecondHydra, set: string): NamedKey[] {
  const rows = (tables.hydra_jwk ?? []).filter(({ sid }) => sid === set);
  return rows.map(({ keydata }) => JSON.parse(hydraOpened(keydata ?? '', first.secrets.system)) as NamedKey);
}

const KEYED_BY_TOKEN = [
  'signature',
  'access_token_signature',
  'registration_access_token_signature',
  'device_code_signature',
];

/** Row keys, sessions and signing keys. */
function renewRows(second: SecondHydra, keys: readonly NamedKey[]): void {
  const { tables, renewed, first } = second;
  for (const row of Object.values(tables).flat()) {
    for (const column of KEYED_BY_TOKEN) {
      const value = row[column];
      if (value) row[column] = renewed.get(value) ?? value;
    }
    if (row.session_data) {
      const plain = row.session_data.startsWith('{')
        ? row.session_data
        : hydraOpened(row.session_data, first.secrets.system);
      row.session_data = second.sealed(replaced(plain, renewed));
    }
    if (row.keydata) row.keydata = second.sealed(hydraOpened(row.keydata, first.secrets.system), false);
  }
  for (const [i, set] of KEY_SETS.entries()) {
    const old = second.rows('hydra_jwk').find(({ sid }) => sid === set)!;
    second.rows('hydra_jwk').push({
      ...old,
      kid: keys[i]!.kid,
      keydata: second.sealed(JSON.stringify(keys[i]), false),
      created_at: '2026-11-29 12:00:00.5',
      pk: second.random.uuid(),
      pk_deprecated: String(1000 + i),
    });
  }
}

function renewedTexts({ renewed }: SecondHydra, held: Held): Held {
  return JSON.parse(replaced(JSON.stringify(held), renewed)) as Held;
}

/** Only whole words of the alphabet of tokens are looked up. */
function replaced(text: string, renewed: ReadonlyMap<string, string>): string {
  return text
    .replace(JWT, (word) => renewed.get(word) ?? word)
    .replace(OPAQUE, (word) => renewed.get(word) ?? word)
    .replace(/(?<=")[\da-f]{64}(?=")/g, (word) => renewed.get(word) ?? word);
}

function renewHeld(second: SecondHydra, vectors: Record<string, Vectors>, keys: readonly NamedKey[]): void {
  const more = vectors['vectors-more.json'] as Vectors & {
    sets: Record<string, string[]>;
    jwks: unknown[];
    backchannel: { cookies?: Record<string, string>; sid: string }[];
  };
  const browsers = [...vectors['vectors.json']!.sessions, ...more.sessions, ...more.backchannel];
  for (const [i, browser] of browsers.filter(({ cookies }) => cookies).entries())
    browser.cookies = second.cookies(browser.sid, i);
  for (const [i, set] of KEY_SETS.entries()) more.sets[set]!.unshift(keys[i]!.kid);
  more.jwks.push(...keys.map(publicPart));
}

/** A copy of its own of that database. */
export function secondHydraDatabase(): Promise<TestDatabase> {
  return databaseFrom('hydra_second', async (dsn) => restoreDump(dsn, (await secondHydra()).dump));
}
