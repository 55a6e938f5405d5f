import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { RelyingParty, type Tokens } from '../../support/relying-party.js';
import { send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { unboundValue } from '../../support/unbound-value.js';

const SECRET = 'the-system-secret-of-this-test';

let database: TestDatabase;
let link: pg.Client;
let server: TestServer;
let party: RelyingParty;

beforeAll(async () => {
  database = await freshDatabase();
  link = new pg.Client({ connectionString: database.dsn });
  await link.connect();
  server = await startTestServer(database.dsn, { secrets: { system: [SECRET] } });
  party = await RelyingParty.register(server);
});
afterAll(async () => {
  await link.end();
  await server.stop();
  await database.drop();
});

const tokensOf = (colour: string): Promise<Tokens> =>
  party.tokens({}, { session: { access_token: { colour }, id_token: { colour } } });

async function introspected(token: string): Promise<string> {
  return (await send('POST', `${server.admin}/admin/oauth2/introspect`, { body: new URLSearchParams({ token }) })).text;
}

/** Swaps the values of a column in the two newest rows. */
async function swap(table: string, column: string): Promise<void> {
  const { rowCount } = await link.query(`
with pair as (select ctid, ${column} as value, row_number() over () as n from (select * , ctid from ${table} order by id desc limit 2) t)
update ${table} it set ${column} = other.value from pair mine join pair other on other.n <> mine.n where it.ctid = mine.ctid`);
  expect(rowCount).toBe(2);
}

it('the session of a grant is not taken where somebody moved it to another grant', async () => {
  const [one, other] = [await tokensOf('crimson'), await tokensOf('turquoise')];
  expect(await introspected(one.access_token)).toContain('crimson');
  await swap('authorization_grant', 'session');
  for (const { access_token, refresh_token } of [one, other]) {
    for (const token of [access_token, refresh_token])
      expect(await introspected(token)).not.toMatch(/crimson|turquoise|true/);
    expect((await party.refresh(refresh_token)).json.access_token).toBeUndefined();
  }
});

/** Damages the session of every grant. A second call repairs it. */
const spoil = (): Promise<unknown> =>
  link.query('update authorization_grant set session = set_byte(session, 20, 255 - get_byte(session, 20))');

it('a grant whose session cannot be decrypted is refused with a hint: its code, refresh token and access tokens', async () => {
  const code = await party.code();
  const tokens = await party.tokens();
  await spoil();
  for (const refused of [await party.redeem(code), await party.refresh(tokens.refresh_token)]) {
    expect([refused.status, refused.json.error]).toEqual([400, 'invalid_grant']);
    expect(refused.json.error_description).toContain('log in again');
  }
  const authorization = `Bearer ${(await tokensOf('crimson')).access_token}`;
  const { access_token: access, refresh_token: refresh } = await party.tokens();
  await spoil();
  for (const token of [access, refresh]) expect(JSON.parse(await introspected(token))).toEqual({ active: false });
  expect((await send('GET', `${server.public}/userinfo`, { headers: { authorization } })).status).toBe(401);
});

it('credentials of sessions that cannot be decrypted are refused unspent, and work when the secret is back', async () => {
  const [first, second, third] = [await party.tokens(), await party.tokens(), await party.code()];
  await spoil();
  const refused = [await party.refresh(first.refresh_token), await party.refresh(second.refresh_token)];
  refused.push(await party.redeem(third));
  expect(refused.map(({ json }) => json.error)).toEqual(['invalid_grant', 'invalid_grant', 'invalid_grant']);
  await spoil();
  expect((await party.refresh(second.refresh_token)).status).toBe(200);
  expect((await party.redeem(third)).status).toBe(200);
});

it('with a token hook such a refresh token is refused before it is spent', async () => {
  const hook = await Receiver.open();
  hook.answer = 204;
  const other = await startTestServer(database.dsn, {
    secrets: { system: [SECRET] },
    oauth2: { token_hook: `${hook.url}/hook` },
  });
  const { refresh_token: token } = await party.tokens();
  await spoil();
  expect((await party.at(other).refresh(token)).json.error).toBe('invalid_grant');
  await spoil();
  expect((await party.at(other).refresh(token)).status).toBe(200);
  await other.stop();
  await hook.close();
});

it('the details of a consent are not shown where somebody moved them to another consent', async () => {
  await tokensOf('crimson');
  await tokensOf('turquoise');
  const listed = async (): Promise<string> =>
    (await party.admin('GET', '/oauth2/auth/sessions/consent?subject=alice')).text;
  expect(await listed()).toMatch(/crimson.*turquoise|turquoise.*crimson/s);
  await link.query(`delete from consent where id not in (select id from consent order by id desc limit 2)`);
  await swap('consent', 'details');
  expect(await listed()).not.toMatch(/crimson|turquoise/);
});

it('an unbound session of an earlier version is accepted, until secrets.accept_unbound is false', async () => {
  const { access_token: token } = await tokensOf('green');
  const old = unboundValue(SECRET, 'grant session', JSON.stringify({ accessTokenClaims: { colour: 'old' } }));
  await link.query(
    'update authorization_grant set session = $1 where id = (select id from authorization_grant order by id desc limit 1)',
    [old],
  );
  expect(await introspected(token)).toContain('"colour":"old"');
  const strict = await startTestServer(database.dsn, { secrets: { system: [SECRET], accept_unbound: false } });
  try {
    const body = new URLSearchParams({ token });
    expect((await send('POST', `${strict.admin}/admin/oauth2/introspect`, { body })).text).not.toContain('old');
  } finally {
    await strict.stop();
  }
});
