/**
 * What the last release issued before the columns of bound tokens existed: it stays valid and unbound at today's program,
 * beside which the last release goes on.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openMigrator } from '../../src/database/migrations.js';
import { killAll, Running } from '../integration/cli/ostiary.js';
import { Folder } from '../integration/config/folder.js';
import { freePorts } from '../support/free-ports.js';
import { emptyDatabase, type TestDatabase } from '../support/postgres.js';
import { type Answer, CALLBACK, RelyingParty, send, type Tokens } from '../support/relying-party.js';
import { startTestServer, type TestServer, testSettings } from '../support/server.js';
import { overBothStores } from '../support/stores.js';
import { lastRelease } from './last-release.js';

const { program, reason } = await lastRelease();
if (reason !== undefined) process.stderr.write(`The last release is left out: ${reason}.\n`);

const WAIT = { timeout: 60_000, interval: 50 };
const CLIENTS: [name: string, document: Record<string, unknown>][] = [
  ['a client with a secret', {}],
  ['a public client', { token_endpoint_auth_method: 'none' }],
  ['a client with JWTs', { access_token_strategy: 'jwt' }],
];

interface Before {
  party: RelyingParty;
  isPublic: boolean;
  tokens: Tokens;
  /** It was refreshed once. */
  chain: Answer['json'];
  code: string;
}

overBothStores('tokens from before', (redis) => {
  const folder = new Folder();
  const before = new Map<string, Before>();
  let database: TestDatabase;
  let last: TestServer;
  let today: TestServer;

  beforeAll(async () => {
    if (program === undefined) return;
    const settings = redis === undefined ? {} : { redis: { url: redis, prefix: `unbound:${randomUUID()}:` } };
    database = await emptyDatabase();
    const migrate = new Running(['migrate', 'sql', 'up', database.dsn, '--yes'], {}, undefined, program);
    expect(await migrate.ended).toMatchObject({ code: 0 });
    last = await startLast(program, settings);
    for (const [name, document] of CLIENTS) before.set(name, await issued(document));
    const migrator = await openMigrator(database.dsn);
    await migrator.up();
    await migrator.close();
    const oauth2 = {
      dpop: { enabled: true },
      mtls: { enabled: true, proxy: { header: 'client-cert', format: 'rfc9440' } },
    };
    today = await startTestServer(database.dsn, { ...settings, oauth2 });
    const ready = async (): Promise<number> => (await send('GET', `${today.public}/health/ready`)).status;
    await vi.waitFor(async () => {
      expect(await ready()).toBe(200);
    }, WAIT);
  });
  afterAll(async () => {
    if (program === undefined) return;
    await today.stop();
    await killAll();
    await database.drop();
    folder.remove();
  });

  async function startLast(path: string, settings: Record<string, unknown>): Promise<TestServer> {
    const [onPublic = 0, onAdmin = 0] = await freePorts(2);
    const listener = (port: number): object => ({ host: '127.0.0.1', port });
    const serve = { public: listener(onPublic), admin: listener(onAdmin) };
    const all = { ...testSettings(database.dsn, settings), serve, log: { level: 'info' } };
    const file = folder.write('config.json', JSON.stringify(all));
    const child = new Running(['serve', 'all', '--dev', '-c', file], {}, undefined, path);
    for (const name of ['public', 'admin']) await child.says(`The ${name} listener is open on`);
    const address = (port: number): string => `http://127.0.0.1:${String(port)}`;
    return { public: address(onPublic), admin: address(onAdmin), stop: () => Promise.resolve() };
  }

  async function issued(document: Record<string, unknown>): Promise<Before> {
    const party = await RelyingParty.register(last, document);
    const one = { party, isPublic: document.token_endpoint_auth_method === 'none' };
    const tokens = (await redeem(one, await party.code(), last)) as unknown as Tokens;
    const refreshed = await redeem(one, await party.code(), last);
    return { ...one, tokens, chain: await refresh(one, refreshed.refresh_token, last), code: await party.code() };
  }

  type Party = Pick<Before, 'party' | 'isPublic'>;

  async function token(
    { party, isPublic }: Party,
    form: Record<string, string>,
    at: TestServer,
  ): Promise<Answer['json']> {
    const named = isPublic ? { client_id: party.clientId } : undefined;
    const { status, json, text } = await send('POST', `${at.public}/oauth2/token`, {
      body: new URLSearchParams({ ...form, ...named }),
      headers: isPublic ? {} : party.credentials,
    });
    expect(status, text).toBe(200);
    expect(json.token_type).toBe('bearer');
    return json;
  }
  const redeem = (one: Party, code: string, at: TestServer): Promise<Answer['json']> =>
    token(one, { grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, at);
  const refresh = (one: Party, refreshToken: unknown, at: TestServer): Promise<Answer['json']> =>
    token(one, { grant_type: 'refresh_token', refresh_token: String(refreshToken) }, at);

  /** Both releases take the tokens from anybody who has them. */
  async function expectUnbound({ access_token: access, refresh_token: chain }: Answer['json']): Promise<void> {
    for (const at of [today, last]) {
      for (const one of [access, chain]) {
        const body = new URLSearchParams({ token: String(one) });
        const { json } = await send('POST', `${at.admin}/admin/oauth2/introspect`, { body });
        expect(json).toMatchObject({ active: true });
        expect(json).not.toHaveProperty('cnf');
      }
      const headers = { authorization: `Bearer ${String(access)}` };
      expect((await send('GET', `${at.public}/userinfo`, { headers })).json.sub).toBe('alice');
    }
  }

  describe.skipIf(program === undefined).each(CLIENTS)('of %s', (name) => {
    const made = (): Before => before.get(name) ?? expect.fail('Nothing was issued.');

    it('are valid and unbound, and so is what both releases refresh them to in turn', async () => {
      for (const first of [made().tokens as unknown as Answer['json'], made().chain]) {
        let tokens = first;
        await expectUnbound(tokens);
        for (const at of [today, last, today]) {
          tokens = await refresh(made(), tokens.refresh_token, at);
          await expectUnbound(tokens);
        }
      }
    });

    it('come from a code that was issued then, too', async () => {
      const tokens = await redeem(made(), made().code, today);
      await expectUnbound(tokens);
      await expectUnbound(await refresh(made(), tokens.refresh_token, last));
    });

    it('come at either release from a code of the other', async () => {
      for (const [from, to] of [
        [last, today],
        [today, last],
      ] as const) {
        const tokens = await redeem(made(), await made().party.at(from).code(), to);
        await expectUnbound(tokens);
        await expectUnbound(await refresh(made(), tokens.refresh_token, from));
      }
    });
  });
});
