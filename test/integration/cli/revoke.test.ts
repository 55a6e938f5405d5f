import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { type Ended, killAll, ostiary, program } from './ostiary.js';

const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'];
const KINDS = ['grants', 'access tokens', 'login sessions', 'remembered consents', 'logins'] as const;
type Kind = (typeof KINDS)[number];

describe('revoke --issued-before', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    await program();
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
  });
  afterEach(killAll);
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const now = (): string => new Date().toISOString();
  const revoke = (...args: string[]): Promise<Ended> => ostiary(['revoke', database.dsn, ...args]);

  /** The printed count of each kind. Kinds that are not printed were not changed. */
  function counts({ code, stdout, stderr }: Ended): Partial<Record<Kind, number>> {
    expect([code, stderr]).toEqual([0, '']);
    const found = KINDS.flatMap((kind) => {
      const [, count] = new RegExp(`^${kind}[^:]*: (\\d+) `, 'm').exec(stdout) ?? [];
      return count === undefined ? [] : [[kind, Number(count)] as const];
    });
    return Object.fromEntries(found);
  }

  /** Logins are kept by the second: one in the same second counts as earlier. */
  const secondHasPassed = (time: string): Promise<void> =>
    expect.poll(() => Date.now(), { interval: 10 }).toBeGreaterThan((Math.floor(Date.parse(time) / 1000) + 1) * 1000);

  const register = (): Promise<RelyingParty> => RelyingParty.register(server, { grant_types: GRANT_TYPES });
  const own = async (client: RelyingParty): Promise<string> =>
    (await client.token({ grant_type: 'client_credentials' })).json.access_token as string;

  it('ends tokens, refresh tokens, codes, sessions and consents, and only counts them without --yes', async () => {
    const client = await register();
    const browser = new CookieBrowser(server, { consent: { remember: true } });
    const redirected = await browser.follow(client.address());
    const tokens = (await client.redeem(redirected.get('code') ?? '')).json as Record<string, string>;
    const code = await client.code();
    const machine = await own(client);
    const until = now();

    const counted = await revoke('--issued-before', until);
    expect(counts(counted)).toMatchObject({ grants: 2, 'access tokens': 1, 'remembered consents': 1 });
    expect(counted.stdout).toContain('Nothing was changed: pass --yes');
    expect(await client.isActive(machine)).toBe(true);
    expect(await client.isActive(tokens.access_token ?? '')).toBe(true);

    const ended = await revoke('--issued-before', until, '--yes');
    expect(counts(ended)).toEqual(counts(counted));
    for (const token of [machine, tokens.access_token, tokens.refresh_token])
      expect(await client.isActive(token ?? '')).toBe(false);
    expect((await client.refresh(tokens.refresh_token ?? '')).json.error).toBe('invalid_grant');
    expect((await client.redeem(code)).json.error).toBe('invalid_grant');
    await secondHasPassed(until);
    const { login, consent } = await browser.walk(client.address(), { until: 'consent' });
    expect([login?.skip, consent?.skip]).toEqual([false, false]);

    expect(Object.values(counts(await revoke('--issued-before', until, '--yes')))).toEqual([0, 0, 0, 0, 0]);
  });

  it('keeps tokens that were issued later', async () => {
    const client = await register();
    const until = now();
    const [tokens, machine] = [await client.tokens(), await own(client)];
    await revoke('--issued-before', until, '--yes');
    expect(await client.isActive(machine)).toBe(true);
    expect((await client.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('keeps later tokens of a consent that was remembered before, and asks for consent again', async () => {
    const client = await register();
    const browser = new CookieBrowser(server, { consent: { remember: true } });
    const issue = async (): Promise<Record<string, string>> => {
      const redirected = await browser.follow(client.address());
      return (await client.redeem(redirected.get('code') ?? '')).json as Record<string, string>;
    };
    const early = await issue();
    const until = now();
    const late = await issue(); // the consent was skipped
    const ended = counts(await revoke('--issued-before', until, '--client', client.clientId, '--yes'));
    expect(ended).toMatchObject({ grants: 1, 'remembered consents': 1 });
    expect(await client.isActive(early.access_token ?? '')).toBe(false);
    expect(await client.isActive(late.access_token ?? '')).toBe(true);
    expect((await client.refresh(late.refresh_token ?? '')).status).toBe(200);
    expect((await browser.walk(client.address(), { until: 'consent' })).consent?.skip).toBe(false);
  });

  it('ends tokens that were refreshed later, if their grant is older', async () => {
    const client = await register();
    const tokens = await client.tokens();
    const until = now();
    const late = (await client.refresh(tokens.refresh_token)).json as Record<string, string>;
    await revoke('--issued-before', until, '--yes');
    expect(await client.isActive(late.access_token ?? '')).toBe(false);
    expect((await client.refresh(late.refresh_token ?? '')).json.error).toBe('invalid_grant');
  });

  it('ends a pending login, a device code, and the challenge of a browser', async () => {
    const client = await RelyingParty.register(server, {
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    });
    const device = (await client.startDevice()).json.device_code as string;
    const browser = new CookieBrowser(server);
    const walk = await browser.walk((await register()).address(), { until: 'login' });
    expect(counts(await revoke('--issued-before', now(), '--yes')).logins).toBeGreaterThanOrEqual(2);
    const polled = await client.token({
      ...{ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device },
      client_id: client.clientId,
    });
    expect(polled.json.error).toBe('invalid_grant');
    const challenge = String(walk.login?.challenge);
    const path = `/oauth2/auth/requests/login?login_challenge=${encodeURIComponent(challenge)}`;
    // A process caches for a second what an app may read.
    await expect.poll(async () => (await client.admin('GET', path)).status).toBe(404);
  });

  it('can be limited to one client, or to one person', async () => {
    const [mine, other] = [await register(), await register()];
    const [tokens, others] = [await mine.tokens(), await other.tokens()];
    const [machine, stays] = [await own(mine), await own(other)];
    const ended = counts(await revoke('--issued-before', now(), '--client', mine.clientId, '--yes'));
    expect(ended).toEqual({ grants: 1, 'access tokens': 1, 'remembered consents': 0 });
    expect(await mine.isActive(machine)).toBe(false);
    expect(await mine.isActive(tokens.access_token)).toBe(false);
    expect(await other.isActive(others.access_token)).toBe(true);

    const nobody = counts(await revoke('--issued-before', now(), '--subject', 'nobody', '--yes'));
    expect(nobody).toEqual({ grants: 0, 'access tokens': 0, 'login sessions': 0, 'remembered consents': 0 });
    expect(counts(await revoke('--issued-before', now(), '--subject', 'alice', '--yes')).grants).toBe(1);
    expect(await other.isActive(others.access_token)).toBe(false);
    expect(await other.isActive(stays)).toBe(true);
  });

  it('keeps sessions and consents with --keep-sessions and --keep-consents', async () => {
    const client = await register();
    const browser = new CookieBrowser(server, { consent: { remember: true } });
    await browser.follow(client.address());
    const ended = counts(await revoke('--issued-before', now(), '--keep-sessions', '--keep-consents', '--yes'));
    expect([ended.grants, ended['login sessions'], ended['remembered consents']]).toEqual([1, undefined, undefined]);
    const { login } = await browser.walk(client.address(), { until: 'login' });
    expect(login?.skip).toBe(true);
  });

  it('explains that JWTs stay valid for those who verify them offline', async () => {
    const client = await RelyingParty.register(server, { grant_types: GRANT_TYPES, access_token_strategy: 'jwt' });
    const token = await own(client);
    const { stdout } = await revoke('--issued-before', now(), '--yes');
    expect(await client.isActive(token)).toBe(false);
    expect(stdout).toMatch(/^JWT access tokens: 1 .*hydra\.jwt\.access-token/m);
    const other = await revoke('--issued-before', now(), '--client', (await register()).clientId);
    expect(other.stdout).not.toContain('JWT access tokens');
  });

  it('ends more rows than one statement processes', async () => {
    const client = await register();
    const { default: pg } = await import('pg');
    const direct = new pg.Client({ connectionString: database.dsn });
    await direct.connect();
    await direct.query(
      `insert into authorization_grant (id, client_key, subject, scope, audience, session, created_at, keep_until)
select gen_random_uuid(), key, 'many', '{}', '{}', '', now() - interval '1 minute', now() + interval '1 hour'
from client, generate_series(1, 2500) where client_id = $1`,
      [client.clientId],
    );
    await direct.end();
    expect(counts(await revoke('--issued-before', now(), '--subject', 'many', '--yes')).grants).toBe(2500);
  });

  it.each([
    [[], "option '--issued-before <time>' is missing"],
    [['--yes'], "option '--issued-before <time>' is missing"],
    [['--issued-before', 'yesterday'], 'Write a time with its offset'],
    [['--issued-before', '2026-03-01T10:00:00'], 'Write a time with its offset'],
    [['--issued-before', '2026-02-31T00:00:00Z'], 'Write a time with its offset'],
    [['--issued-before', '2999-01-01T00:00:00Z'], 'must not lie in the future'],
    [['--issued-before', '2026-03-01T10:00:00Z', '--client', 'nobody'], 'There is no client nobody'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await revoke(...args);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(message)]);
  });

  it('reads the database from the environment with -e, and does not take a flag after -e for an address', async () => {
    const [time, env] = [['--issued-before', '2026-03-01T10:00:00Z'], { DSN: database.dsn }];
    expect(counts(await ostiary(['revoke', ...time, '-e', '--yes'], env)).grants).toBe(0);
    const { code, stdout, stderr } = await ostiary(['revoke', '-e', '--yes', ...time], env);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('leave -e out')]);
  });
});
