import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CutProxy, type Moment } from '../../support/cut-proxy.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const MOMENTS: Moment[] = ['before it arrives', 'while it runs', 'after it is done'];

/** Lists and single reads through a repository of TypeORM, each with a part of its statement. */
const READS: [path: string, statement: string][] = [
  ['/admin/keys/some-set', 'some-set'],
  ['/admin/trust/grants/jwt-bearer/issuers', 'FROM "trusted_issuer"'],
  [`/admin/trust/grants/jwt-bearer/issuers/${randomUUID()}`, 'FROM "trusted_issuer"'],
  ['/admin/oauth2/auth/sessions/consent?subject=ada', 'FROM "consent"'],
  ['/admin/oauth2/auth/sessions/login?subject=ada', 'FROM "login_session"'],
  [`/admin/oauth2/auth/sessions/login/${randomUUID()}`, 'FROM "login_session"'],
  ['/admin/oauth2/auth/sessions/logout/deliveries', 'FROM "logout_delivery"'],
];

/** The connection to PostgreSQL breaks during a statement that TypeORM wrote. */
describe.each(MOMENTS)('a connection that breaks under a repository %s', (moment) => {
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

  it.each(READS)('causes a 503 for GET %s, and the next request succeeds', async (path, statement) => {
    const read = () => send('GET', `${server.admin}${path}`);
    const struck = proxy.cutNext(statement, moment);
    const lost = await read();
    await struck;
    expect(lost.status, lost.text).toBe(503);
    expect(lost.headers.get('retry-after')).not.toBeNull();
    expect((await read()).status).toBeLessThan(500);
  });

  it('does not prevent a deletion and its 204', async () => {
    const path = `${server.admin}/admin/keys/${randomUUID()}`;
    await send('POST', path, { body: JSON.stringify({ alg: 'ES256', use: 'sig' }) });
    const struck = proxy.cutNext('DELETE FROM "json_web_key"', moment);
    expect((await send('DELETE', path)).status).toBe(204);
    await struck;
    expect((await send('GET', path)).status).toBe(404);
  });
});
