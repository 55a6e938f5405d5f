import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const SECRET = 'a-secret-of-the-tests';

describe('the revocation of one chain of refresh tokens', () => {
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    const oauth2 = { grant: { refresh_token: { rotation_grace_period: '1m' } } };
    server = await startTestServer(database.dsn, { oauth2 });
    client = (await RelyingParty.register(server, { client_secret: SECRET })).withSecret(SECRET);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const end = (by: RelyingParty, token: string, revoke = 'chain'): Promise<Answer> =>
    send('POST', `${server.public}/oauth2/revoke`, {
      body: new URLSearchParams({ token, revoke }),
      headers: { authorization: `Basic ${Buffer.from(`${by.clientId}:${by.secret}`).toString('base64')}` },
    });

  /** Two chains of one grant. */
  async function branches(): Promise<[Tokens, Tokens]> {
    const first = await client.tokens();
    const [one, two] = [await client.refresh(first.refresh_token), await client.refresh(first.refresh_token)];
    return [one.json as unknown as Tokens, two.json as unknown as Tokens];
  }
  const active = ({ access_token, refresh_token }: Tokens): Promise<boolean[]> =>
    Promise.all([client.isActive(access_token), client.isActive(refresh_token)]);

  it.each(['refresh_token', 'access_token'] as const)(
    'ends its tokens by its %s and leaves its siblings',
    async (kind) => {
      const [one, two] = await branches();
      expect((await end(client, one[kind])).status).toBe(200);
      expect([await active(one), await active(two)]).toEqual([
        [false, false],
        [true, true],
      ]);
      const refused = await client.refresh(one.refresh_token);
      expect([refused.status, refused.json.error]).toEqual([400, 'invalid_grant']);
      expect((await client.refresh(two.refresh_token)).status).toBe(200);
    },
  );

  it('ends an access token that has no chain', async () => {
    const { json } = await client.token({ grant_type: 'client_credentials' });
    await end(client, json.access_token as string);
    expect(await client.isActive(json.access_token as string)).toBe(false);
  });

  it('changes nothing for another client, or for an unknown value', async () => {
    const [one] = await branches();
    const other = (await RelyingParty.register(server, { client_secret: SECRET })).withSecret(SECRET);
    expect((await end(other, one.refresh_token)).status).toBe(200);
    expect((await end(other, one.access_token)).status).toBe(200);
    const unknown = await end(client, one.refresh_token, 'branch');
    expect([unknown.status, unknown.json.error]).toEqual([400, 'invalid_request']);
    expect(await active(one)).toEqual([true, true]);
  });

  it('does not change the revocation of RFC 7009, which ends the whole grant', async () => {
    const [one, two] = await branches();
    await end(client, one.refresh_token, 'grant');
    expect(await active(two)).toEqual([false, false]);
  });
});
