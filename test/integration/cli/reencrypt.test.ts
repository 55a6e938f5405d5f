import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { unboundValue } from '../../support/unbound-value.js';
import { type Ended, killAll, ostiary, program } from './ostiary.js';

const OLD = 'the-old-system-secret-of-a-test';
const NEW = 'the-new-system-secret-of-a-test';
const SUBJECT = 'aeneas';

let database: TestDatabase;
const servers: TestServer[] = [];

beforeAll(async () => {
  await program();
  database = await freshDatabase();
});
afterEach(async () => {
  await killAll();
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => database.drop());

async function serverWith(...system: string[]): Promise<TestServer> {
  const server = await startTestServer(database.dsn, { secrets: { system } });
  servers.push(server);
  return server;
}

const reencrypt = (secrets: string, ...args: string[]): Promise<Ended> =>
  ostiary(['reencrypt', '-e', ...args], { DSN: database.dsn, SECRETS_SYSTEM: secrets });

it('a rotation of the system secret loses nothing that is stored', async () => {
  const before = await RelyingParty.register(await serverWith(OLD));
  const old = await before.tokens();
  const during = before.at(await serverWith(NEW, OLD));
  const middle = await during.refresh(old.refresh_token);
  expect(middle.status).toBe(200);

  const { code, stdout, stderr } = await reencrypt(`${NEW},${OLD}`);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^keys: \d+ looked at, [1-9]\d* re-encrypted\.$/m);
  expect(stdout).toMatch(/^details of consents: 1 looked at, 1 re-encrypted\.$/m);
  expect(stdout).toMatch(/^sessions of grants: 1 looked at, 1 re-encrypted\.$/m);
  expect(stdout).toMatch(/^All of it is bound to its row\./m);
  expect(stdout).toMatch(/^ {2}refresh tokens: until \d{4}-/m);
  expect(stdout).toMatch(/^The older secrets can be removed from secrets\.system after \d{4}-/m);
  expect(stdout).not.toContain(NEW);
  expect((await reencrypt(`${NEW},${OLD}`)).stdout).toMatch(/^sessions of grants: 1 looked at, 0 re-encrypted\.$/m);

  const after = before.at(await serverWith(NEW));
  const last = await after.refresh(middle.json.refresh_token as string);
  expect(last.status).toBe(200); // its session can be decrypted, and the key of its ID token signs
  expect(await after.isActive(last.json.access_token as string)).toBe(true);
  const sessions = await after.admin('GET', `/oauth2/auth/sessions/consent?subject=${SUBJECT}`);
  expect(sessions.status).toBe(200);
});

it('a rotation of the system secret logs nobody out, and neither does a first cookie secret', async () => {
  const party = await RelyingParty.register(await serverWith(OLD));
  const browser = new CookieBrowser(party.server);
  await browser.follow(party.address());
  for (const secrets of [{ system: [NEW, OLD] }, { system: [NEW, OLD], cookie: ['a-secret-for-the-cookies'] }]) {
    browser.server = await startTestServer(database.dsn, { secrets });
    servers.push(browser.server);
    const { login } = await browser.walk(party.address(), { until: 'login' });
    expect(login).toMatchObject({ skip: true, subject: 'alice' });
  }
  const remembered = /^ {2}remembered logins: until \d{4}-/m;
  expect((await reencrypt(`${NEW},${OLD}`)).stdout).toMatch(remembered);
  const own = { DSN: database.dsn, SECRETS_SYSTEM: `${NEW},${OLD}`, SECRETS_COOKIE: 'a-secret-for-the-cookies' };
  expect((await ostiary(['reencrypt', '-e'], own)).stdout).not.toMatch(remembered);
});

it('binds to its row what an earlier version sealed without, and nothing once that is no longer accepted', async () => {
  const value = unboundValue(NEW, 'json-web-key', '{}');
  const insert = `insert into json_web_key (set_id, kid, alg, not_before, sealed_jwk, created_at) values ('s', $1, '', now(), $2, now())`;
  const link = new pg.Client({ connectionString: database.dsn });
  await link.connect();
  await link.query(insert, ['of-an-earlier-version', value]);
  expect((await reencrypt(`${NEW},${OLD}`)).stdout).toMatch(/^keys: \d+ looked at, 1 re-encrypted\.$/m);
  await link.query(insert, ['put-there-since', value]);
  const strict = { DSN: database.dsn, SECRETS_SYSTEM: `${NEW},${OLD}`, SECRETS_ACCEPT_UNBOUND: 'false' };
  const { code, stdout, stderr } = await ostiary(['reencrypt', '-e'], strict);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^keys: 1 open under none.* while secrets\.accept_unbound is true\.$/m),
  ]);
  expect(stdout).not.toContain('accept_unbound');
  await link.query(`delete from json_web_key where set_id = 's'`);
  await link.end();
});

it('reports that the older secrets can be removed when no value signed by them is left', async () => {
  const { stdout } = await reencrypt(`${NEW},${OLD}`, '--rotated-at', '2020-01-01T00:00:00Z');
  expect(stdout).toMatch(/^The older secrets can be removed from secrets\.system\.$/m);
});

it('fails and counts the values that no listed secret decrypts', async () => {
  const { code, stderr } = await reencrypt('a-secret-that-sealed-nothing');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^keys: \d+ open under none of secrets\.system\./m)]);
});

it.each([
  [[], {}, 'No database is named'],
  [['--rotated-at', 'yesterday'], {}, 'Write a time'],
  [['--rotated-at', '2999-01-01T00:00:00Z'], {}, 'must not lie in the future'],
  [['postgres://h/d'], { SECRETS_SYSTEM: '' }, 'secrets.system is not set'],
  [['postgres://h/d'], { SECRETS_SYSTEM: 'short' }, 'secrets.system[0]: expected at least 16 characters'],
] as [string[], Record<string, string>, string][])('refuses %j %j', async (args, env, message) => {
  const given = { SECRETS_SYSTEM: NEW, ...env };
  const { code, stderr } = await ostiary(['reencrypt', ...args], given);
  expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
});
