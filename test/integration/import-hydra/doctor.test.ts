import { Logger } from '@nestjs/common';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../../src/cli/doctor/doctor.js';
import { type ConfigurationTree, merged } from '../../../src/config/configuration-tree.js';
import {
  changedHydraDatabase,
  hydraAnswers,
  hydraConfiguration,
  hydraDatabase,
  hydraVectors,
  OLDER_SCHEMAS,
  olderHydraDatabase,
  type OlderSchema,
} from '../../support/hydra-database.js';
import { type HydraFixture, secondHydra, secondHydraDatabase } from '../../support/hydra-second.js';
import { freePort } from '../../support/free-ports.js';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { ostiary, program } from '../cli/ostiary.js';
import { Folder } from '../config/folder.js';

const CHECKS = [
  'hydra database',
  'secrets.system',
  'urls.self.issuer',
  'oidc.subject_identifiers.pairwise.salt',
  'strategies.access_token',
  'webfinger.jwks.broadcast_keys',
  'hsm',
  'flows under way',
];

const folder = new Folder();
const databases: TestDatabase[] = [];
let target: TestDatabase;
let first: TestDatabase;
let second: TestDatabase;
let secondFixture: HydraFixture;
let firstConfiguration: ConfigurationTree;
let secondConfiguration: ConfigurationTree;
/** What no report may contain. */
let hidden: string[];

beforeAll(async () => {
  Logger.overrideLogger(false);
  [target, first, second] = await Promise.all([freshDatabase(), hydraDatabase(), secondHydraDatabase()]);
  databases.push(target, first, second);
  secondFixture = await secondHydra();
  firstConfiguration = await hydraConfiguration();
  secondConfiguration = secondFixture.configuration;
  hidden = [
    ...[firstConfiguration, secondConfiguration].flatMap(
      ({ secrets }) => Object.values(secrets as object).flat() as string[],
    ),
    ...Object.keys(await hydraAnswers()),
    ...Object.keys(secondFixture.expected),
    ...(await cookiesOf(await hydraVectors())),
    ...(await cookiesOf(secondFixture.vectors)),
  ];
});
afterAll(async () => {
  folder.remove();
  await Promise.all(databases.map((database) => database.drop()));
});

const cookiesOf = (vectors: unknown): Promise<string[]> =>
  Promise.resolve(
    [...JSON.stringify(vectors).matchAll(/"\w*session\w*":"([\w=-]{150,})"/g)].map(([, value]) => value!),
  );

interface Asked {
  from?: string;
  configuration?: ConfigurationTree;
  over?: ConfigurationTree;
  cookie?: string;
}

/** `state: finding` by check, for the checks of Hydra's database. */
async function report({ from = first.dsn, configuration = firstConfiguration, over = {}, cookie }: Asked = {}) {
  const file = folder.write('doctor.yaml', stringify(merged(merged(configuration, { dsn: target.dsn }), over)));
  const found = await examine({ files: [file], env: {} }, { hydra: { dsn: from, cookie } });
  const text = JSON.stringify(found);
  expect(hidden.filter((one) => text.includes(one))).toEqual([]);
  const begin = found.findIndex(({ check }) => check === 'hydra database');
  const own = begin < 0 ? found : found.slice(begin);
  const about = (check: string): string =>
    own
      .filter((one) => one.check === check)
      .map(({ state, finding }) => `${state}: ${finding}`)
      .join('\n');
  const states = (state: string): string[] => own.filter((one) => one.state === state).map(({ check }) => check);
  return { found: own, about, failed: states('fail'), warned: states('warn') };
}

async function changed(statements: string): Promise<string> {
  const database = await changedHydraDatabase(statements);
  databases.push(database);
  return database.dsn;
}

describe('doctor --from-hydra', () => {
  it('is content with the configuration that Hydra had', async () => {
    const { found, failed, warned } = await report();
    expect([...new Set(found.map(({ check }) => check))]).toEqual(CHECKS);
    expect(failed).toEqual([]);
    expect(warned).toEqual(['webfinger.jwks.broadcast_keys', 'flows under way']); // one code was made to wait for 100 years
  });

  it('is content with it after two generations of secrets, and other settings', async () => {
    const { about, failed } = await report({ from: second.dsn, configuration: secondConfiguration });
    expect(failed).toEqual([]);
    expect(about('secrets.system')).toMatch(
      /^ok: it opens every sealed row; rows by secret, in their order: \d\d, \d\d$/,
    );
    expect(about('oidc.subject_identifiers.pairwise.salt')).toMatch(/^ok: \d+ stored identifiers are computed again/);
  });

  it.each(Object.keys(OLDER_SCHEMAS) as OlderSchema[])('reads a database of release %s', async (release) => {
    const database = await olderHydraDatabase(release);
    databases.push(database);
    expect((await report({ from: database.dsn })).failed).toEqual([]);
  });

  it('proposes a change for every finding that is not ok', async () => {
    const { found } = await report({ from: second.dsn, cookie: 'nonsense' });
    expect(found.filter(({ state, change }) => (state === 'ok') === (change !== undefined))).toEqual([]);
  });

  it.each([0, 1])('fails where one of several secrets is missing, and counts the rows (%i)', async (missing) => {
    const { system } = secondFixture.configuration.secrets;
    const over = { secrets: { system: system.filter((_, i) => i !== missing) } };
    const { about } = await report({ from: second.dsn, configuration: secondConfiguration, over });
    expect(about('secrets.system')).toMatch(/^fail: \d+ of \d+ rows in hydra_jwk cannot be decrypted$/m);
    expect(about('secrets.system')).toMatch(/^fail: \d+ of \d+ rows in hydra_oauth2_refresh cannot be decrypted$/m);
  });

  it('tells which secret no row needs', async () => {
    const { system } = secondFixture.configuration.secrets;
    const over = { secrets: { system: ['a secret that is new at this server', ...system] } };
    const { about, failed } = await report({ from: second.dsn, configuration: secondConfiguration, over });
    expect(failed).toEqual([]);
    expect(about('secrets.system')).toContain('warn: no row needs secret 1 of 3');
  });

  it('fails where there is no system secret', async () => {
    const { secrets: _, ...configuration } = firstConfiguration;
    const { found } = await report({ configuration: configuration });
    expect(found).toEqual([
      expect.objectContaining({ state: 'fail', finding: expect.stringContaining('secrets.system') as string }),
    ]);
    const embedded = await report({ configuration: configuration, over: { dsn: 'memory' } });
    expect(embedded.about('secrets.system')).toBe('fail: it is not set, and nothing of Hydra opens');
  });

  it('fails with another issuer than the newest sessions have', async () => {
    const { about } = await report({ over: { urls: { self: { issuer: 'https://elsewhere.example' } } } });
    expect(about('urls.self.issuer')).toBe(
      'fail: Hydra was "http://127.0.0.1:4744", and this is https://elsewhere.example',
    );
  });

  it('fails with another pairwise salt', async () => {
    const over = { oidc: { subject_identifiers: { pairwise: { salt: 'another-pairwise-salt' } } } };
    expect((await report({ over })).about('oidc.subject_identifiers.pairwise.salt')).toMatch(
      /^fail: \d+ stored identifiers come out differently with it$/,
    );
  });

  it('warns where the sector of one client is another one by now', async () => {
    const from = await changed(
      `update hydra_client set redirect_uris = '["https://moved.example/cb"]' where client_name = 'history'`,
    );
    expect((await report({ from })).about('oidc.subject_identifiers.pairwise.salt')).toMatch(
      /^warn: \d+ of \d+ stored/,
    );
  });

  it('warns of the other strategy for access tokens', async () => {
    const { about } = await report({ over: { strategies: { access_token: 'jwt' } } });
    expect(about('strategies.access_token')).toMatch(
      /^warn: it is jwt, but \d+ of the newest \d+ access tokens are opaque/,
    );
    const jwt =
      await changed(`update hydra_client set access_token_strategy = 'opaque' where access_token_strategy = '';
      update hydra_client set access_token_strategy = '' where access_token_strategy = 'jwt'`);
    expect((await report({ from: jwt })).about('strategies.access_token')).toMatch(
      /^warn: it is opaque, but .* are jwt/,
    );
  });

  it('names key sets that are not published', async () => {
    const key = 'webfinger.jwks.broadcast_keys';
    expect((await report()).about(key)).toBe('warn: not published: "my-own-set"');
    const over = { webfinger: { jwks: { broadcast_keys: ['my-own-set'] } } };
    expect((await report({ over })).about(key)).toMatch(/^ok/);
  });

  it('warns where the signing keys were in an HSM', async () => {
    const from = await changed(`delete from hydra_jwk where sid = 'hydra.openid.id-token'`);
    expect((await report({ from })).about('hsm')).toMatch(/^warn: .* keys in an HSM cannot be taken$/);
  });

  it('counts the flows that are under way', async () => {
    const waiting = `expires_at = now() at time zone 'UTC' + interval '5 minutes'`;
    const from = await changed(`
      update hydra_oauth2_code set active = true, ${waiting}
        where signature in (select signature from hydra_oauth2_code order by 1 limit 3);
      update hydra_oauth2_device_auth_codes set device_code_active = true, user_code_state = 0, ${waiting}`);
    expect((await report({ from })).about('flows under way')).toMatch(
      /^warn: authorization codes that wait: 4, device codes: 1;/,
    );
  });

  it('names other networks and sessions of others', async () => {
    const { about } = await report({ from: second.dsn, configuration: secondConfiguration });
    expect(about('hydra database')).toMatch(/warn: .*0e0e0e0e-0000-4000-8000-000000000009/);
  });
});

describe('doctor --from-hydra with a database that is none', () => {
  it.each([
    ['cannot be reached', async () => `postgres://user:pass-word@127.0.0.1:${await freePort()}/hydra`, /127\.0\.0\.1/],
    ['is another', async () => tracked(await emptyDatabase()), /not a database of Hydra/],
    ['is of 1.x', () => changed('alter table hydra_client drop column nid cascade'), /1\.x.*2\.2/],
    ['lacks a table', () => changed('drop table hydra_oauth2_flow cascade'), /hydra_oauth2_flow/],
    [
      'cannot be read',
      () =>
        changed(
          'alter table hydra_client alter access_token_strategy drop default, alter access_token_strategy type integer using 0',
        ),
      /fails: /,
    ],
    ['is no PostgreSQL', () => Promise.resolve('mysql://user:pass-word@tcp(127.0.0.1:3306)/hydra'), /mysql/],
  ])('it %s', async (_, dsn, message) => {
    const { found } = await report({ from: await dsn() });
    expect(found).toEqual([expect.objectContaining({ check: 'hydra database', state: 'fail' })]);
    expect(found[0]?.finding).toMatch(message);
    expect(JSON.stringify(found)).not.toContain('pass-word');
  });
});

const tracked = (database: TestDatabase): string => {
  databases.push(database);
  return database.dsn;
};

describe('doctor --from-hydra --cookie', () => {
  const asked = async (cookie: string, over: ConfigurationTree = {}) => {
    const { about, failed } = await report({ cookie, from: second.dsn, configuration: secondConfiguration, over });
    expect(failed.filter((check) => check !== 'urls.self.issuer')).toEqual([]);
    return [about('secrets.cookie'), about('serve.cookies.names.session'), about('session of the cookie')];
  };
  const cookies = (): string[] =>
    [...JSON.stringify(secondFixture.vectors).matchAll(/"acme_session_dev":"([^"]+)"/g)].map(([, value]) => value!);
  const OK = ['ok: the cookie opens', 'ok: the cookie has the configured name', 'ok: it is in the database'];

  it('recognises a browser under each of the cookie secrets, with the name or without', async () => {
    for (const value of cookies().slice(0, 2)) {
      expect(await asked(value)).toEqual(OK);
      expect(await asked(`acme_session_dev=${value}`)).toEqual(OK);
    }
  });

  it('recognises one of a Hydra without cookie secrets', async () => {
    const [value = ''] = await cookiesOf(await hydraVectors());
    const { about } = await report({ cookie: value });
    expect(about('secrets.cookie')).toBe(OK[0]);
    const over = { secrets: { cookie: ['a cookie secret that Hydra did not have'] } };
    expect((await report({ cookie: value, over })).about('secrets.cookie')).toMatch(/^warn: .*without cookie secrets/);
  });

  it('tells the name that the cookie was made for', async () => {
    const [value = ''] = cookies();
    expect((await asked(value, { dev: false, urls: { self: { issuer: 'https://127.0.0.1:4744' } } }))[1]).toBe(
      'warn: Hydra named its cookie acme_session_dev, and here it is acme_session',
    );
    const over = { serve: { cookies: { names: { session: 'another' } } } };
    expect((await asked(`acme_session_dev=${value}`, over))[1]).toBe(
      'warn: Hydra named its cookie acme_session_dev, and here it is another_dev',
    );
  });

  it.each([
    ['other secrets', { secrets: { cookie: ['a cookie secret that Hydra did not have'] } }],
    ['no secrets', { secrets: { cookie: [] } }],
  ])('warns where browsers would be logged out: %s', async (_, over) => {
    const [first_, name] = await asked(cookies()[0] ?? '', over);
    expect([first_, name]).toEqual([expect.stringMatching(/^warn: the cookie is none of a browser/), '']);
  });

  it('warns of a session that is in another database', async () => {
    const value = cookies().at(-1) ?? ''; // of a login that only the second database has
    const { about } = await report({ cookie: value, configuration: secondConfiguration });
    expect(about('session of the cookie')).toBe('warn: it is not in this database');
  });
});

describe('the command', () => {
  beforeAll(program);

  it('takes the address from HYDRA_DSN, and ends with 1 where something must be changed', async () => {
    const file = folder.write('command.yaml', stringify(merged(firstConfiguration, { dsn: target.dsn })));
    const doctor = (args: string[], env = {}) => ostiary(['doctor', '-c', file, '--format', 'json', ...args], env);
    const [content, wrong, nowhere] = await Promise.all([
      doctor(['--from-hydra'], { HYDRA_DSN: first.dsn }),
      doctor(['--from-hydra', first.dsn], { URLS_SELF_ISSUER: 'https://elsewhere.example' }),
      doctor(['--from-hydra']),
    ]);
    expect([content.code, content.stdout]).toEqual([0, expect.stringContaining('"check":"secrets.system"')]);
    expect([wrong.code, wrong.stdout]).toEqual([
      1,
      expect.stringContaining('"check":"urls.self.issuer","state":"fail"'),
    ]);
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('HYDRA_DSN')]);
  });
});
