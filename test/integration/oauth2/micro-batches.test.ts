import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const MANY = 40;
const AUDIENCES = ['https://api.example/a', 'https://api.example/"quoted"', 'https://api.example/back\\slash,{}'];

/** Simultaneous requests share one database statement. Each must be answered as if it came alone. */
describe('simultaneous requests', () => {
  let database: TestDatabase;
  let server: TestServer;
  let clients: RelyingParty[];

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
    clients = await Promise.all(AUDIENCES.map((audience) => RelyingParty.register(server, { audience: [audience] })));
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  /** Issues tokens to each client in turn, each for another scope and audience. */
  const issue = (count = MANY) =>
    Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const which = i % clients.length;
        const answer = await clients[which]!.token({
          ...{ grant_type: 'client_credentials', scope: `photos.${i}`, audience: AUDIENCES[which]! },
        });
        return { which, scope: `photos.${i}`, answer, token: answer.json.access_token as string };
      }),
    );
  const introspect = (token: string): Promise<Answer> =>
    send('POST', `${server.admin}/admin/oauth2/introspect`, { body: new URLSearchParams({ token }) });

  it('get separate tokens with the client, scope and audience of each request', async () => {
    const issued = await issue();
    expect(new Set(issued.map(({ token }) => token)).size).toBe(MANY);
    const said = await Promise.all(issued.map(({ token }) => introspect(token)));
    for (const [i, { json }] of said.entries()) {
      const { which, scope } = issued[i]!;
      expect(json).toMatchObject({ active: true, client_id: clients[which]!.clientId, scope, aud: [AUDIENCES[which]] });
    }
  });

  it('revoke the named tokens for their own client, and no others', async () => {
    const issued = await issue();
    const [ended, foreign, left] = [0, 1, 2].map((rest) => issued.filter((_, i) => i % 3 === rest)) as [
      typeof issued,
      typeof issued,
      typeof issued,
    ];
    const answers = await Promise.all([
      ...ended.map(({ which, token }) => clients[which]!.revoke(token)),
      ...foreign.map(({ which, token }) => clients[(which + 1) % clients.length]!.revoke(token)),
    ]);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const active = async (tokens: typeof issued) =>
      (await Promise.all(tokens.map(({ token }) => introspect(token)))).map(({ json }) => json.active);
    expect(await active(ended)).toEqual(ended.map(() => false));
    expect(await active([...foreign, ...left])).toEqual([...foreign, ...left].map(() => true));
  });

  it('fail only for a client that was deleted on another replica', async () => {
    const gone = await RelyingParty.register(server);
    expect((await gone.token({ grant_type: 'client_credentials' })).status).toBe(200); // caches its verified secret
    const elsewhere = await startTestServer(database.dsn);
    await gone.at(elsewhere).admin('DELETE', `/clients/${gone.clientId}`);
    await elsewhere.stop();
    const [refused, ...issued] = await Promise.all([
      gone.token({ grant_type: 'client_credentials' }),
      issue().then((all) => all.map(({ answer }) => answer)),
    ]).then(([first, rest]) => [first, ...rest]);
    expect(refused!.status).toBe(401);
    expect(issued.every(({ status }) => status === 200)).toBe(true);
  });
});
