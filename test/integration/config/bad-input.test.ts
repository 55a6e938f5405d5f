import { stringify as toToml } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify as toYaml } from 'yaml';
import { ConfigurationError } from '../../../src/config/configuration-error.js';
import { variableOf } from '../../../src/config/environment-layer.js';
import { keyOf } from '../../../src/config/fault.js';
import { ignoredKeys } from '../../../src/config/ignored-keys.js';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { keysBelow, nodeAt, type Path, schemaTree, type SchemaNode } from '../../../src/config/schema-node.js';
import { merged, type ConfigurationTree, withValue } from '../../../src/config/configuration-tree.js';
import { type Violation, violations } from '../../support/configuration-violations.js';
import { ostiary, program } from '../cli/ostiary.js';
import { Folder } from './folder.js';

/** A part of every secret below, which no message may contain. */
const MARK = 'n0b0dy-sees';

/** A valid configuration with every secret. */
const SOUND: ConfigurationTree = {
  dsn: `postgres://ostiary:${MARK}@db.example/ostiary`,
  database: { direct_dsn: `postgres://ostiary:${MARK}@direct.example/ostiary` },
  redis: { url: `redis://:${MARK}@redis.example:6379` },
  secrets: { system: [`${MARK}-system`], cookie: [`${MARK}-cookie`], pagination: [`${MARK}-pages`] },
  urls: { self: { issuer: 'https://id.example.com' }, identity_provider: { headers: { authorization: MARK } } },
  oidc: {
    subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: `${MARK}-salt` } },
    dynamic_client_registration: { initial_access_token: `${MARK}-token` },
  },
  oauth2: {
    token_hook: { url: 'https://hook.example', auth: hookAuth() },
    refresh_token_hook: { url: 'https://hook.example', auth: hookAuth() },
  },
  hsm: { pin: MARK },
  serve: { tls: { key: { base64: MARK } } },
  tracing: { providers: { otlp: { authorization_header: MARK } } },
};

function hookAuth(): ConfigurationTree {
  return { type: 'api_key', config: { in: 'header', name: 'x-key', value: MARK } };
}

const FORMS: [extension: string, write: (tree: ConfigurationTree) => string][] = [
  ['yaml', (tree) => toYaml(tree)],
  ['json', (tree) => JSON.stringify(tree, undefined, 2)],
  ['toml', (tree) => toToml(tree)],
];

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

/** The error message, or an empty text if the configuration is accepted. */
function refusal(files: string[], env: Record<string, string> = {}): string {
  try {
    loadConfiguration({ files, env });
    return '';
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

/** The line of the message about the key. */
const lineAbout = (message: string, key: string): string =>
  message.split('\n').find((line) => line.includes(`: ${key}: `)) ?? '';

const EXPECTATION = /: (expected .{3,}|unknown key.*)/;

function assertTold(message: string, key: string, source: RegExp): void {
  const line = lineAbout(message, key);
  expect(line, message).toMatch(source);
  expect(line).toMatch(EXPECTATION);
  expect(line).not.toMatch(/another value|undefined|\[object/);
  expect(message).not.toContain(MARK);
}

it('the base configuration of these tests is accepted and has every secret', () => {
  const file = folder.write('sound.yaml', toYaml(SOUND));
  expect(refusal([file])).toBe('');
  const secrets = [...keysBelow(schemaTree())].filter(({ node }) => node.secret && node.properties.size === 0);
  const given = JSON.stringify(SOUND);
  expect(secrets.length).toBeGreaterThan(15);
  expect(given.split(MARK).length - 1).toBeGreaterThan(13);
});

describe.each(FORMS)('a %s file', (extension, write) => {
  it.each(violations())('is refused for $key: $keyword', ({ key, path, value }) => {
    const tree = withValue(SOUND, path, marked(path, value)) as ConfigurationTree;
    const message = refusal([folder.write(`bad.${extension}`, write(tree))]);
    assertTold(message, key, new RegExp(`bad\\.${extension}:\\d+:\\d+: `));
  });

  it('that is cut off at any point is refused or complete, and never quoted', () => {
    const text = write(SOUND);
    const file = folder.write(`half.${extension}`, '');
    let refused = 0;
    for (let length = 0; length < text.length; length += 7) {
      folder.write(`half.${extension}`, text.slice(0, length));
      const message = refusal([file]);
      expect(message).not.toContain(MARK);
      expect(message).not.toContain('n0b0dy');
      if (message === '') continue;
      refused++;
      expect(message).toMatch(/half\.|not set/);
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('that is not text is refused', () => {
    const bytes = Buffer.concat([Buffer.from(write(SOUND)), Buffer.from([0xff, 0xfe, 0x80])]);
    expect(refusal([folder.write(`bytes.${extension}`, bytes)])).toContain('it is not UTF-8 text');
  });

  it('without a group of keys is refused', () => {
    const message = refusal([folder.write(`word.${extension}`, `"${MARK}"\n`)]);
    expect(message).toContain(`word.${extension}`);
    expect(message).not.toContain(MARK);
  });

  it('with a misspelt key is refused with the name of the intended key', () => {
    for (const { path, group, wrong } of misspelt()) {
      const tree = withValue(SOUND, [...group, wrong], 'x') as ConfigurationTree;
      const file = folder.write(`typo.${extension}`, write(tree));
      const key = keyOf([...group, wrong]);
      const meant = new RegExp(`unknown key, did you mean (${escaped(keyOf(path))}|[a-z_.A-Z0-9{}]+)\\?`);
      if (nodeAt(group)?.ignored !== undefined) continue; // all keys of the group are ignored
      if (nodeAt(group)?.open) {
        const [ignored] = ignoredKeys(loadConfiguration({ files: [file], env: {} })).filter((one) => one.key === key);
        expect(ignored?.reason ?? key).toMatch(meant);
      } else {
        const message = refusal([file]);
        assertTold(message, key, new RegExp(`typo\\.${extension}:\\d+:\\d+: `));
        expect(lineAbout(message, key)).toMatch(meant);
      }
    }
  });
});

/** Puts the mark into a text that stands for a secret, which stays as wrong as before. */
function marked(path: Path, value: unknown): unknown {
  if (nodeAt(path)?.secret !== true || typeof value !== 'string') return value;
  return value === ' ' ? `${MARK} ` : (MARK + value).slice(0, value.length);
}

const escaped = (text: string): string => text.replace(/[[\].$]/g, '\\$&');

/** Each key with two neighbouring letters swapped. */
function* misspelt(): Generator<{ path: Path; group: Path; wrong: string }> {
  for (const { path } of keysBelow(schemaTree())) {
    const group = path.slice(0, -1);
    const name = path.at(-1) ?? '';
    const siblings = (group.length === 0 ? schemaTree() : nodeAt(group))?.properties ?? new Map<string, SchemaNode>();
    const wrong = name.slice(0, 1) + (name[2] ?? '') + (name[1] ?? '') + name.slice(3);
    if (name.length >= 4 && wrong !== name && !siblings.has(wrong)) yield { path, group, wrong };
  }
}

describe('a variable', () => {
  const { dsn, secrets, urls } = SOUND;
  const sound = folder.write('of-environment.yaml', toYaml({ dsn, secrets, urls }));

  it.each(violations().flatMap(inEnvironment))('is refused for $key: $keyword', ({ key, variable, text }) => {
    const message = refusal([sound], { [variable]: text });
    assertTold(message, key, new RegExp(`variable ${variable}: `));
  });

  it.each(
    [...keysBelow(schemaTree())].filter(({ node, path }) => node.secret && path[0] !== 'dsn').map(({ path }) => path),
  )('of a secret whose file cannot be read is refused: %s', (...path) => {
    const variable = `${variableOf(path)}_FILE`;
    assertTold(refusal([sound], { [variable]: '/no/such/file' }), keyOf(path), new RegExp(`variable ${variable}: `));
  });
});

/**
 * The violations that a text can cause. For a key of type string every text has the right type. What is within a list has no
 * variable.
 */
function inEnvironment({
  key,
  keyword,
  path,
  value,
  schema,
}: Violation): { key: string; keyword: string; variable: string; text: string }[] {
  if (path.some((name) => typeof name === 'number')) return [];
  const named = path.includes('any') ? path.slice(0, path.indexOf('any')) : path;
  const isText = [schema.type ?? []].flat().includes('string') || named !== path;
  if (nodeAt(named)?.environment === false || (keyword === 'type' && isText)) return [];
  const inText = keyword === 'type' ? UNREADABLE[String(schema.type)] : withValue({}, path.slice(named.length), value);
  const text = typeof inText === 'string' ? inText : JSON.stringify(inText);
  return text === '' ? [] : [{ key, keyword, variable: variableOf(named), text }];
}

const UNREADABLE: Record<string, string> = {
  boolean: 'perhaps',
  integer: 'many',
  number: 'much',
  array: '[not JSON',
  object: 'not JSON',
};

/** Each rule between keys with a violation, and the key that the message names. */
const RULES: [what: string, broken: ConfigurationTree, key: string][] = [
  ['another database', { dsn: `mysql://u:${MARK}@tcp(h)/d` }, 'dsn'],
  ['an empty dsn', { dsn: '' }, 'dsn'],
  ['another direct database', { database: { direct_dsn: `sqlite://${MARK}` } }, 'database.direct_dsn'],
  ['no system secret', { secrets: { system: [] } }, 'secrets.system'],
  ['an http issuer', { urls: { self: { issuer: 'http://id.example.com' } } }, 'urls.self.issuer'],
  [
    'a short salt',
    { oidc: { subject_identifiers: { pairwise: { salt: MARK.slice(0, 7) } } } },
    'oidc.subject_identifiers.pairwise.salt',
  ],
  [
    'a preset beside a length',
    {
      oauth2: {
        device_authorization: { user_code: { entropy_preset: 'low', length: 8, character_set: 'abcdefghij' } },
      },
    },
    'oauth2.device_authorization.user_code.entropy_preset',
  ],
  ['two kinds of Redis', { redis: { cluster: [`redis://:${MARK}@a`] } }, 'redis'],
  ['a hardware security module', { hsm: { enabled: true } }, 'hsm.enabled'],
  ['TLS without a certificate', { serve: { tls: { enabled: true } } }, 'serve.tls.cert'],
];

describe('a rule between keys', () => {
  it.each(RULES)('is broken by %s, in each kind of file', (_what, broken, key) => {
    for (const [extension, write] of FORMS) {
      const file = folder.write(`rule.${extension}`, write(merged(SOUND, broken)));
      assertTold(refusal([file]), key, /rule\.[a-z]+:\d+:\d+: |not set \(a file, or the variable/);
    }
  });

  it.each(RULES)('is broken by %s, in the environment', (_what, broken, key) => {
    const base = folder.write('rule-base.yaml', toYaml(SOUND));
    const env = Object.fromEntries(leaves(broken).map(([path, value]) => [variableOf(path), textOf(value)]));
    assertTold(refusal([base], env), key, /variable [A-Z0-9_]+: |rule-base\.yaml:|not set \(a file, or the variable/);
  });
});

function leaves(value: unknown, path: string[] = []): [string[], unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, below]) => leaves(below, [...path, name]));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

describe('the process', () => {
  beforeAll(program);

  const sound = folder.write('of-process.yaml', toYaml(SOUND));
  const half = folder.write('half-written.json', JSON.stringify(SOUND).slice(0, 200));
  const typo = folder.write('process-typo.toml', `[ttl]\nacess_token = "1h"\n`);

  it.each([
    ['a half-written file', [half], {}, /half-written\.json:1:\d+: the file cannot be read/],
    [
      'an unknown key',
      [sound, typo],
      {},
      /process-typo\.toml:2:1: ttl\.acess_token: unknown key, did you mean ttl\.access_token\?/,
    ],
    [
      'a short secret',
      [sound],
      { SECRETS_COOKIE: MARK },
      /variable SECRETS_COOKIE: secrets\.cookie\[0\]: expected at least 16/,
    ],
    [
      'a file that is not there',
      ['/no/such.yaml'],
      {},
      /\/no\/such\.yaml: the file cannot be read: there is no such file/,
    ],
    [
      'a port that is not a number',
      [sound],
      { SERVE_PUBLIC_PORT: 'http' },
      /variable SERVE_PUBLIC_PORT: serve\.public\.port: expected/,
    ],
  ] as [string, string[], Record<string, string>, RegExp][])(
    'ends with 1 for %s',
    async (_what, files, env, message) => {
      const ended = await ostiary(['serve', 'all', ...files.flatMap((file) => ['-c', file])], env);
      expect([ended.code, ended.stdout]).toEqual([1, '']);
      expect(ended.stderr).toMatch(message);
      expect(ended.stderr).not.toContain(MARK);
      expect(ended.stderr).not.toMatch(/^\s+at /m);
    },
  );
});
