import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BoundParty } from '../../support/bound-party.js';
import { CutProxy, type Moment } from '../../support/cut-proxy.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import type { Answer } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const TIMES = 6;
const TOGETHER = 12;
const MOMENTS: Moment[] = ['before it arrives', 'while it runs', 'after it is done'];
const ON = { dpop: { enabled: true }, pushed_authorization_requests: { enabled: true } };

/** The connection to PostgreSQL breaks during a statement that spends a proof: the proof counts once all the same. */
describe('a connection that is lost while a proof is spent', () => {
  let database: TestDatabase;
  let proxy: CutProxy;
  let server: TestServer;
  let client: BoundParty;
  let app: BoundParty;

  beforeAll(async () => {
    database = await freshDatabase();
    const reached = await CutProxy.beforePostgres(database.dsn);
    proxy = reached.proxy;
    server = await startTestServer(reached.dsn, { oauth2: ON });
    client = await BoundParty.register(server);
    app = await BoundParty.register(server, { token_endpoint_auth_method: 'none' });
  });
  afterEach(() => {
    proxy.forget();
    proxy.open();
  });
  afterAll(async () => {
    await server.stop();
    await proxy.stop();
    await database.drop();
  });

  /** A request whose statement loses its connection, and which is sent again with the same proof after a 503. */
  async function struck(statement: string, moment: Moment, request: () => Promise<Answer>): Promise<Answer> {
    const cut = proxy.cutNext(statement, moment);
    const first = await request();
    const answer = first.status === 503 ? await request() : first;
    await cut;
    return answer;
  }

  const refusedAgain = async (request: () => Promise<Answer>): Promise<void> => {
    expect((await request()).json.error).toBe('invalid_dpop_proof');
  };

  describe.each(MOMENTS)('%s', (moment) => {
    it('costs no code and no refresh token', async () => {
      for (let i = 0; i < TIMES; i++) {
        const [code, proof] = [await app.party.code({ dpop_jkt: app.key.jkt }), app.proof('POST', '/oauth2/token')];
        const redeem = (): Promise<Answer> => app.redeem(code, { proof });
        const { json } = await struck('grant_redeem_code_marked', moment, redeem);
        expect(json.token_type).toBe('DPoP');
        await refusedAgain(redeem);
        const next = app.proof('POST', '/oauth2/token');
        const refresh = (): Promise<Answer> => app.refresh(json.refresh_token, { proof: next });
        const rotated = await struck('refresh_rotate_marked', moment, refresh);
        expect(rotated.json.token_type, rotated.text).toBe('DPoP');
        await refusedAgain(refresh);
        expect((await app.refresh(rotated.json.refresh_token)).status).toBe(200);
      }
    });

    it('costs no refresh token that gets its first key', async () => {
      for (let i = 0; i < TIMES; i++) {
        const { refresh_token: unbound } = await app.tokens({ proof: null });
        const proof = app.proof('POST', '/oauth2/token');
        const { json } = await struck('refresh_rotate_marked', moment, () => app.refresh(unbound, { proof }));
        expect((await app.introspect(json.refresh_token)).cnf).toEqual({ jkt: app.key.jkt });
        expect((await app.refresh(json.refresh_token)).status).toBe(200);
      }
    });

    it('costs no token of a client, alone or with many in one statement', async () => {
      for (let i = 0; i < TIMES; i++) {
        const proofs = Array.from({ length: i % 2 ? TOGETHER : 1 }, () => client.proof('POST', '/oauth2/token'));
        const cut = proxy.cutNext('access_token_insert_bound', moment);
        const answers = await Promise.all(proofs.map((proof) => client.clientCredentials({ proof })));
        await cut;
        expect(answers.map(({ text, status }) => (status === 200 ? 200 : text))).toEqual(answers.map(() => 200));
        for (const { json } of answers) expect((await client.introspect(json.access_token)).active).toBe(true);
        for (const proof of proofs) await refusedAgain(() => client.clientCredentials({ proof }));
      }
    });

    it('costs no request for userinfo, and no pushed request', async () => {
      const { access_token: token = '' } = await app.tokens();
      for (let i = 0; i < TIMES; i++) {
        const proof = app.proof('GET', '/userinfo', { token });
        const ask = (): Promise<Answer> => app.resource(token, { proof });
        expect((await struck('access_token_use', moment, ask)).status).toBe(200);
        await refusedAgain(ask);
        const pushed = app.proof('POST', '/oauth2/par');
        const push = (): Promise<Answer> => app.push({}, { proof: pushed });
        expect((await struck('use_mark_spend', moment, push)).status).toBe(201);
        await refusedAgain(push);
      }
    });
  });
});
