import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const CONSENT = {
  session: {
    id_token: { email: 'a@example.org', 'name#fr': 'Adèle', tier: 'gold' },
    userinfo: { phone_number: '+41 44', tier: 'silver', sub: 'mallory' },
  },
};

describe('the claims about a person', () => {
  let database: TestDatabase;
  let full: TestServer;
  let minimal: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    full = await startTestServer(database.dsn);
    minimal = await startTestServer(database.dsn, {
      oidc: { id_token_claims: 'minimal', requested_at_claim: false },
    });
  });
  afterAll(async () => {
    await Promise.all([full.stop(), minimal.stop()]);
    await database.drop();
  });

  const register = (server: TestServer): Promise<RelyingParty> =>
    RelyingParty.register(server, {
      grant_types: ['authorization_code', 'refresh_token', 'implicit'],
      response_types: ['code', 'id_token', 'code id_token', 'id_token token'],
    });
  const said = (claims: Record<string, unknown>) => {
    const { email, 'name#fr': name, tier, phone_number, rat } = claims;
    return { email, name, tier, phone_number, rat: typeof rat };
  };
  const userinfo = async (server: TestServer, { access_token }: Pick<Tokens, 'access_token'>) => {
    const headers = { authorization: `Bearer ${access_token}` };
    return (await send('GET', `${server.public}/userinfo`, { headers })).json;
  };

  async function* beforeAndAfterRefresh(client: RelyingParty): AsyncGenerator<Tokens> {
    const first = await client.tokens({}, CONSENT);
    yield first;
    yield (await client.refresh(first.refresh_token)).json as unknown as Tokens;
  }

  const EVERYTHING = { email: 'a@example.org', name: 'Adèle', tier: 'gold', phone_number: undefined, rat: 'number' };
  const LITTLE = { email: undefined, name: undefined, tier: 'gold', phone_number: undefined, rat: 'undefined' };
  const ASKED = { email: 'a@example.org', name: 'Adèle', tier: 'silver', phone_number: '+41 44' };

  it('in session.userinfo are returned only by userinfo, also after a refresh', async () => {
    const client = await register(full);
    for await (const tokens of beforeAndAfterRefresh(client)) {
      expect(said(decodeJwt(tokens.id_token))).toEqual(EVERYTHING);
      const claims = await userinfo(full, tokens);
      expect(said(claims)).toEqual({ ...ASKED, rat: 'number' });
      expect(claims.sub).toBe(decodeJwt(tokens.id_token).sub);
    }
  });

  it('in session.userinfo are shown in a listed consent, if there are any', async () => {
    const client = await register(full);
    await client.tokens({}, CONSENT);
    const subject = decodeJwt((await client.tokens()).id_token).sub ?? '';
    const listed = (await client.admin('GET', `/oauth2/auth/sessions/consent?subject=${subject}`)).json;
    const sessions = (listed as unknown as { session: object; consent_request: { client: { client_id: string } } }[])
      .filter(({ consent_request }) => consent_request.client.client_id === client.clientId)
      .map(({ session }) => session);
    expect(sessions).toHaveLength(2);
    expect(sessions).toContainEqual({ access_token: {}, id_token: {} });
    expect(sessions).toContainEqual({ access_token: {}, ...CONSENT.session });
  });

  it('that scopes request are returned only by userinfo, if the operator configures it (OpenID Connect Core §5.4)', async () => {
    const client = await register(minimal);
    for await (const tokens of beforeAndAfterRefresh(client)) {
      expect(said(decodeJwt(tokens.id_token))).toEqual(LITTLE);
      expect(said(await userinfo(minimal, tokens))).toEqual({ ...ASKED, rat: 'undefined' });
    }
  });

  it.each([
    ['id_token token', LITTLE],
    ['code id_token', LITTLE],
    ['id_token', { ...EVERYTHING, rat: 'undefined' }],
  ])('stay in the ID token if no access token is issued: %s', async (response_type, claims) => {
    const client = await register(minimal);
    const fragment = await client.authorize({ response_type, scope: 'openid' }, CONSENT);
    expect(said(decodeJwt(fragment.get('id_token') ?? ''))).toEqual(claims);
  });
});
