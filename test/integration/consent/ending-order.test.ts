/** Sessions end and consents are revoked at the same moment: both lock the same rows and must not deadlock. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const ROUNDS = 10;
/** Each with a consent, in another order. */
const SESSIONS = 250;

let database: TestDatabase;
let one: TestServer;
let two: TestServer;
let rows: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  [one, two] = [await startTestServer(database.dsn), await startTestServer(database.dsn)];
  rows = new pg.Client({ connectionString: database.dsn });
  await rows.connect();
});
afterAll(async () => {
  await rows.end();
  await Promise.all([one.stop(), two.stop()]);
  await database.drop();
});

async function personWith(sessions: number): Promise<string> {
  const subject = randomUUID();
  await rows.query(
    `with session as (
  insert into login_session (id, subject, authenticated_at, remember, expires_at)
  select gen_random_uuid(), $1, now(), true, now() + interval '1 day' from generate_series(1, $2::integer) returning id
)
insert into consent (id, subject, client_key, login_session_id, granted_scope, granted_audience, remember, remember_for,
  skip, requested_at, handled_at, details)
select gen_random_uuid(), $1, key, session.id, '{}', '{}', true, 0, false, now(), now(), '' from session, client
order by random()`,
    [subject, sessions],
  );
  return subject;
}

it('both succeed on two servers, and each client is notified of each session once at most', async () => {
  const client = await RelyingParty.register(one, { backchannel_logout_uri: 'https://rp.example/logout' });
  for (let i = 0; i < ROUNDS; i++) {
    const subject = await personWith(SESSIONS);
    const [sessions, consents] = [`sessions/login?subject=${subject}`, `sessions/consent?subject=${subject}`];
    const end = (server: TestServer, what: string) => client.at(server).admin('DELETE', `/oauth2/auth/${what}`);
    const answers = await Promise.all([
      ...[end(one, sessions), end(two, sessions)],
      ...[end(one, `${consents}&client=${client.clientId}`), end(two, `${consents}&all=true`)],
    ]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    const told = `select from logout_delivery where subject = $1 group by login_session_id having count(*) > 1
union all select from login_session where subject = $1 union all select from consent where subject = $1`;
    expect((await rows.query(told, [subject])).rowCount).toBe(0);
  }
});
