import type { ServerResponse } from 'node:http';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const GIVEN = { session: { access_token: { dept: 'sales' }, id_token: { email: 'a@example.org' } } };
const HOOKS = ['refresh_token_hook', 'token_hook'] as const;

describe.each(HOOKS)('oauth2.%s at a refresh', (name) => {
  let database: TestDatabase;
  let hook: Receiver;
  let server: TestServer;
  let client: RelyingParty;
  let tokens: Tokens;

  beforeAll(async () => {
    database = await freshDatabase();
    hook = await Receiver.open();
    server = await startTestServer(database.dsn, { oauth2: { [name]: `${hook.url}/hook` } });
    client = await RelyingParty.register(server);
  });
  afterAll(async () => {
    await server.stop();
    await hook.close();
    await database.drop();
  });
  beforeEach(async () => {
    hook.answer = 204;
    tokens = await client.tokens({}, GIVEN);
  });

  /** The claims in the tokens of a refresh after this hook answer. */
  async function refreshed(answer: unknown): Promise<{ ext: unknown; email: unknown; tier: unknown }> {
    hook.answer = (response: ServerResponse) => response.writeHead(200).end(JSON.stringify(answer));
    tokens = (await client.refresh(tokens.refresh_token)).json as unknown as Tokens;
    const { email, tier } = decodeJwt(tokens.id_token);
    const body = new URLSearchParams({ token: tokens.access_token });
    const { ext } = (await send('POST', `${server.admin}/admin/oauth2/introspect`, { body })).json;
    return { ext, email, tier };
  }

  it.each<[string, unknown, Awaited<ReturnType<typeof refreshed>>]>([
    [
      'the access token alone',
      { session: { access_token: { x: 1 } } },
      { ext: { x: 1 }, email: 'a@example.org', tier: undefined },
    ],
    [
      'the ID token alone',
      { session: { id_token: { tier: 1 } } },
      { ext: { dept: 'sales' }, email: undefined, tier: 1 },
    ],
    ['neither', { session: {} }, { ext: { dept: 'sales' }, email: 'a@example.org', tier: undefined }],
    ['neither, without a session', {}, { ext: { dept: 'sales' }, email: 'a@example.org', tier: undefined }],
    [
      'neither, with null for a session',
      { session: null },
      { ext: { dept: 'sales' }, email: 'a@example.org', tier: undefined },
    ],
    [
      'both, one of them null',
      { session: { access_token: { x: 1 }, id_token: null } },
      { ext: { x: 1 }, email: undefined, tier: undefined },
    ],
    [
      'both, without claims',
      { session: { access_token: {}, id_token: {} } },
      { ext: undefined, email: undefined, tier: undefined },
    ],
  ])('that answers for %s replaces these claims and keeps the others', async (_, answer, said) => {
    expect(await refreshed(answer)).toEqual(said);
  });

  it('is called for each refresh, and earlier claims stay unless it replaces them', async () => {
    await refreshed({ session: { access_token: { x: 1 } } });
    const said = await refreshed({ session: { id_token: { tier: 1 } } });
    expect(said).toEqual({ ext: { x: 1 }, email: undefined, tier: 1 });
  });
});
