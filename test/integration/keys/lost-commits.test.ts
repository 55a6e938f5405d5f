import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CutProxy, type Moment } from '../../support/cut-proxy.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

const TIMES = 20;
const MOMENTS: Moment[] = ['before it arrives', 'while it runs', 'after it is done'];

/** The connection is lost during the commit of a transaction. */
describe.each(MOMENTS)('a commit whose connection is lost %s', (moment) => {
  let database: TestDatabase;
  let proxy: CutProxy;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    const reached = await CutProxy.beforePostgres(database.dsn);
    proxy = reached.proxy;
    server = await startTestServer(reached.dsn);
  });
  afterEach(() => {
    proxy.forget();
  });
  afterAll(async () => {
    await server.stop();
    await proxy.stop();
    await database.drop();
  });

  const post = (path: string, body: object): Promise<Answer> =>
    send('POST', `${server.admin}/admin${path}`, { body: JSON.stringify(body) });

  async function losing<T>(work: () => Promise<T>): Promise<T> {
    const struck = proxy.cutNext('COMMIT', moment);
    const result = await work();
    await struck;
    return result;
  }

  it('leaves the key with the requested kid, and no other', async () => {
    for (let i = 0; i < TIMES; i++) {
      const [set, kid] = [randomUUID(), randomUUID()];
      const requested = { alg: 'ES256', use: 'sig', kid };
      const { status, json, text } = await losing(() => post(`/keys/${set}`, requested));
      expect(status, text).toBe(201);
      const stored = (await send('GET', `${server.admin}/admin/keys/${set}`)).json;
      expect(stored.keys).toEqual(json.keys);
      expect((await post(`/keys/${set}`, requested)).status).toBe(409);
    }
  });

  it('creates the trusted issuer once', async () => {
    for (let i = 0; i < TIMES; i++) {
      const issuer = await losing(() => TrustedIssuer.of(server));
      const query = new URLSearchParams({ issuer: issuer.issuer }).toString();
      const listed = await send('GET', `${server.admin}/admin/trust/grants/jwt-bearer/issuers?${query}`);
      expect(JSON.parse(listed.text)).toHaveLength(1);
    }
  });
});
