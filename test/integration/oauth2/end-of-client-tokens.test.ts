import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEVICE_CODE, JWT_BEARER } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

type Issue = (client: RelyingParty) => Promise<string>;

const asked = async (client: RelyingParty, form: Record<string, string>): Promise<string> =>
  String((await client.token(form)).json.access_token);

/** Each statement that issues access tokens. */
const WAYS: [name: string, issue: Issue][] = [
  ['client credentials', (client) => asked(client, { grant_type: 'client_credentials' })],
  ['a code', async (client) => (await client.tokens()).access_token],
  [
    'a refresh',
    async (client) => String((await client.refresh((await client.tokens()).refresh_token)).json.access_token),
  ],
  ['the front channel', async (client) => frontChannelToken(client)],
  [
    'an assertion',
    async (client) => {
      const assertion = (await TrustedIssuer.of(client.server)).assertion();
      return asked(client, { grant_type: JWT_BEARER, assertion });
    },
  ],
];

async function frontChannelToken(client: RelyingParty): Promise<string> {
  return (await client.authorize({ response_type: 'code id_token token' })).get('access_token') ?? '';
}

/** An administrator ends the earlier access tokens of a client and no others, whatever the server clocks say. */
describe('the end of the access tokens of a client', () => {
  let database: TestDatabase;
  let connection: pg.Client;
  let server: TestServer;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    connection = new pg.Client({ connectionString: database.dsn });
    await connection.connect();
    server = await startTestServer(database.dsn);
  });
  beforeEach(async () => {
    const grants = ['authorization_code', 'implicit', 'refresh_token', 'client_credentials', DEVICE_CODE, JWT_BEARER];
    client = await RelyingParty.register(server, { grant_types: grants });
  });
  afterAll(async () => {
    await server.stop();
    await connection.end();
    await database.drop();
  });

  const end = async (): Promise<void> => {
    const { status } = await client.admin('DELETE', `/oauth2/tokens?client_id=${client.clientId}`);
    expect(status).toBe(204);
  };
  /** Changes all tokens as if a server with a fast or slow clock had issued them. */
  const issuedByClock = (difference: string): Promise<unknown> =>
    connection.query('update access_token set issued_at = issued_at + $1::interval', [difference]);
  /** Changes all tokens as if a server of an earlier version had issued them. */
  const issuedEarlier = (): Promise<unknown> => connection.query('update access_token set client_version = null');
  /** Ends the tokens like a server of an earlier version. */
  const endEarlier = (): Promise<unknown> =>
    connection.query(
      `update client set access_tokens_valid_from = greatest(access_tokens_valid_from, now()), version = version + 1
       where client_id = $1`,
      [client.clientId],
    );

  it.each(WAYS)('ends a token from a server whose clock is ahead: %s', async (_, issue) => {
    const token = await issue(client);
    await issuedByClock('5 minutes');
    expect(await client.isActive(token)).toBe(true);
    await end();
    expect(await client.isActive(token)).toBe(false);
  });

  it.each(WAYS)('keeps a later token from a server whose clock is behind: %s', async (_, issue) => {
    await end();
    const token = await issue(client);
    await issuedByClock('-5 minutes');
    expect(await client.isActive(token)).toBe(true);
    await client.admin('PATCH', `/clients/${client.clientId}`, [{ op: 'replace', path: '/client_name', value: 'x' }]);
    expect(await client.isActive(token)).toBe(true);
  });

  it('ends those of a refresh chain, but not its refresh token', async () => {
    const { access_token: before, refresh_token: token } = await client.tokens();
    await end();
    const { access_token: after } = (await client.refresh(token)).json;
    expect([await client.isActive(before), await client.isActive(String(after))]).toEqual([false, true]);
  });

  it('can be repeated at the same or an earlier clock time', async () => {
    await end();
    await connection.query(
      `update client set access_tokens_valid_from = access_tokens_valid_from + interval '5 minutes',
         access_tokens_cut_at = access_tokens_cut_at + interval '5 minutes' where client_id = $1`,
      [client.clientId],
    );
    const between = await asked(client, { grant_type: 'client_credentials' });
    expect(await client.isActive(between)).toBe(true);
    await end();
    expect(await client.isActive(between)).toBe(false);
    expect(await client.isActive(await asked(client, { grant_type: 'client_credentials' }))).toBe(true);
  });

  it('uses times beside a server of an earlier version: for its tokens, and when it ends the tokens', async () => {
    const theirs = await asked(client, { grant_type: 'client_credentials' });
    await issuedEarlier();
    expect(await client.isActive(theirs)).toBe(true);
    await end();
    expect(await client.isActive(theirs)).toBe(false);
    const ours = await asked(client, { grant_type: 'client_credentials' });
    await issuedByClock('-1 second');
    expect(await client.isActive(ours)).toBe(true);
    await endEarlier();
    expect(await client.isActive(ours)).toBe(false);
    const nowActive = async () => client.isActive(await asked(client, { grant_type: 'client_credentials' }));
    await expect.poll(nowActive).toBe(true); // a token of the same millisecond is not active
  });
});
