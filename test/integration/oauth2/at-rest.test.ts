import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { CALLBACK, RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

let database: TestDatabase;
let servers: TestServer[];
const PREFIX = 'at-rest-test:';

beforeAll(async () => {
  database = await freshDatabase();
  servers = [await startTestServer(database.dsn)];
  const redis = redisUrl();
  if (redis) servers.push(await startTestServer(database.dsn, { redis: { url: redis, prefix: PREFIX } }));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

it('no credential that was handed out lies in PostgreSQL or Redis, in any usual spelling', async () => {
  const secrets: string[] = [];
  for (const server of servers) secrets.push(...(await everyCredential(server)));
  const rows = [...(await everyColumn()), ...(await everyRedisValue())];
  expect(rows.some((row) => row.includes('a-client-that-can-be-found'))).toBe(true);
  for (const secret of secrets) {
    for (const spelling of spellings(secret)) expect(rows.find((row) => row.includes(spelling))).toBeUndefined();
  }
});

/** Codes of every kind, active and spent tokens, challenges and verifiers, secrets, session claims. */
async function everyCredential(server: TestServer): Promise<string[]> {
  const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE];
  const client = await RelyingParty.register(server, {
    client_name: 'a-client-that-can-be-found',
    grant_types: grantTypes,
  });
  const device = (await client.startDevice()).json as Record<string, string>;
  const other = await client.admin('POST', '/clients', { client_name: 'for its registration token' });
  const claim = `claim-${Math.random().toString(36).slice(2)}-of-the-session`;
  const session = { id_token: { colour: claim }, access_token: { colour: claim } };
  const waiting = await client.code({}, { session });
  const used = await client.code({}, { session });
  const first = (await client.redeem(used)).json as Record<string, string>;
  const second = (await client.refresh(first.refresh_token!)).json as Record<string, string>;
  const own = (await client.token({ grant_type: 'client_credentials' })).json as Record<string, string>;
  const browser = new CookieBrowser(server);
  const query = { client_id: client.clientId, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid' };
  await browser.follow(`/oauth2/auth?${new URLSearchParams({ ...query, state: 'a-long-state' }).toString()}`);
  expect(browser.handles).toHaveLength(4);
  const tokens = [first, second, own].flatMap((set) => [set.access_token, set.refresh_token, set.id_token]);
  const once = [device.device_code!, device.user_code!, other.json.registration_access_token as string];
  return [
    client.secret,
    ...once,
    claim,
    waiting,
    used,
    ...tokens.filter((token) => token !== undefined),
    ...browser.handles,
  ];
}

/** The secret as text, and its bytes (also the decoded ones) in hex and base64. */
function spellings(secret: string): string[] {
  const parts = /^ory_\w\w_([\w-]+)\.([\w-]+)$/.exec(secret)?.slice(1) ?? [secret];
  const decoded = parts.map((part) => Buffer.from(part, 'base64url').toString('hex'));
  const whole = Buffer.from(secret);
  return [
    secret,
    ...parts,
    ...decoded,
    whole.toString('hex'),
    whole.toString('base64').replace(/=+$/, '').slice(0, -1),
  ];
}

async function everyColumn(): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.dsn });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname = 'public'`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
    rows.push(...found.rows.map(({ row }) => row));
  }
  await client.end();
  return rows;
}

async function everyRedisValue(): Promise<string[]> {
  const url = redisUrl();
  if (!url) return [];
  const redis = new Redis(url);
  const rows: string[] = [];
  for (const key of await redis.keys(`${PREFIX}*`)) {
    const value =
      (await redis.type(key)) === 'hash' ? Object.values(await redis.hgetallBuffer(key)) : [await redis.getBuffer(key)];
    rows.push(key, ...value.flatMap((bytes) => (bytes ? [bytes.toString('latin1'), bytes.toString('hex')] : [])));
  }
  redis.disconnect();
  return rows;
}
