/** A connection that is cut after any statement of a transaction: the change is made completely or not at all. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectForRequests } from '../../src/database/data-source.js';
import { transaction } from '../../src/database/transaction.js';
import { isUnavailable } from '../../src/database/unavailable.js';
import { generateJwk } from '../../src/keys/generate-jwk.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { type Answer, RelyingParty } from '../support/relying-party.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** More statements than the longest transaction has. */
const MOST_STATEMENTS = 12;

let database: TestDatabase;
let server: TestServer;
let client: RelyingParty;
let killer: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startTestServer(database.dsn);
  client = await RelyingParty.register(server);
  killer = new pg.Client({ connectionString: database.dsn });
  await killer.connect();
});
afterAll(async () => {
  await killer.end();
  await server.stop();
  await database.drop();
});
afterEach(() => vi.restoreAllMocks());

interface Cut {
  /** The statements of the transaction that was cut, or of the last one. */
  statements: string[];
  /** Whether a transaction had this many statements. */
  done: boolean;
}

type Query = (...values: unknown[]) => Promise<unknown>;
type Client = pg.Client & { processID: number };

/** The next transaction loses its connection when the response to its statement of this number has come. */
function cutAfter(number: number): Cut {
  const cut: Cut = { statements: [], done: false };
  const query = Reflect.get(pg.Client.prototype, 'query') as unknown as Query;
  let own: Client | undefined;
  const follow = async (client: Client, values: unknown[]): Promise<unknown> => {
    const text = String(values[0]);
    if (text === 'START TRANSACTION' && !cut.done) {
      own = client;
      cut.statements = [];
    }
    const mine = own === client && !cut.done;
    if (mine) cut.statements.push(text);
    const result = await query.apply(client, values);
    if (mine && cut.statements.length === number) {
      cut.done = true;
      await terminate(client);
    }
    return result;
  };
  const watched = function (this: Client, ...values: unknown[]): unknown {
    return follow(this, values);
  };
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(watched);
  return cut;
}

/** Resolves when the server process of the connection is gone and the client has noticed. */
async function terminate(client: Client): Promise<void> {
  const ended = new Promise((resolve) => client.once('end', resolve));
  await killer.query('select pg_terminate_backend($1)', [client.processID]);
  await ended;
}

/**
 * Cuts the act after each of its statements, each time with a fresh result of `prepare`.
 * @param act returns the status, and whether the change was made
 */
async function cutEverywhere<T>(
  prepare: () => Promise<T>,
  act: (subject: T) => Promise<Answer>,
  isDone: (subject: T) => Promise<boolean>,
): Promise<string[][]> {
  const seen: string[][] = [];
  for (let number = 1; number <= MOST_STATEMENTS; number++) {
    const subject = await prepare();
    const cut = cutAfter(number);
    const { status, text } = await act(subject);
    vi.restoreAllMocks();
    if (!cut.done) break;
    seen.push(cut.statements);
    const done = await isDone(subject);
    // If the connection was lost before the commit, the change may have been repeated: the response must match the state.
    expect([200, 201, 204, 503], text).toContain(status);
    expect(status < 300, `${cut.statements.join('; ')}: ${text}`).toBe(done);
    if (cut.statements.at(-1) === 'COMMIT') expect(done).toBe(true);
    // The same request succeeds again: the broken connection was not lent to another one.
    if (!done) expect((await act(subject)).status).toBeLessThan(300);
    expect(await isDone(subject)).toBe(true);
  }
  return seen;
}

let made = 0;

describe('a connection that is cut in a transaction', () => {
  it('leaves an issuer trusted with its key or not at all, and the response matches: success or 503', async () => {
    const path = '/trust/grants/jwt-bearer/issuers';
    const jwk = await generateJwk('ES256', { kid: 'k', use: 'sig', rsaBits: 2048 });
    const seen = await cutEverywhere(
      () => Promise.resolve(`https://${String(++made)}.example`),
      (issuer) =>
        client.admin('POST', path, { issuer, subject: 'bob', scope: [], expires_at: '2099-01-01T00:00:00Z', jwk }),
      async (issuer) => {
        const trusts = (await client.admin('GET', `${path}?issuer=${encodeURIComponent(issuer)}`))
          .json as unknown as unknown[];
        const keys = (await client.admin('GET', `/keys/${encodeURIComponent(issuer)}`)).status;
        expect([0, 1]).toContain(trusts.length);
        expect(keys).toBe(trusts.length === 1 ? 200 : 404);
        return trusts.length === 1;
      },
    );
    expect(seen.length).toBeGreaterThanOrEqual(4);
  });

  it('leaves a key set unchanged or completely changed, and the response matches', async () => {
    const before = await generateJwk('ES256', { kid: 'before', use: 'sig', rsaBits: 2048 });
    const after = await generateJwk('ES256', { kid: 'after', use: 'sig', rsaBits: 2048 });
    const seen = await cutEverywhere(
      async () => {
        const set = `set-${String(++made)}`;
        await client.admin('PUT', `/keys/${set}`, { keys: [before] });
        return set;
      },
      (set) => client.admin('PUT', `/keys/${set}`, { keys: [after, { ...after, kid: 'another' }] }),
      async (set) => {
        const { keys } = (await client.admin('GET', `/keys/${set}`)).json as unknown as { keys: { kid: string }[] };
        const kids = keys.map(({ kid }) => kid).sort((a, b) => b.localeCompare(a));
        expect([['before'], ['another', 'after']]).toContainEqual(kids);
        return kids.length === 2;
      },
    );
    expect(seen.length).toBeGreaterThanOrEqual(6);
  });

  it('leaves no part of a new key in a key set, and the response matches', async () => {
    const seen = await cutEverywhere(
      () => Promise.resolve(`set-${String(++made)}`),
      (set) => client.admin('POST', `/keys/${set}`, { alg: 'ES256', kid: 'k', use: 'sig', state: 'next' }),
      async (set) => (await client.admin('GET', `/keys/${set}`)).status === 200,
    );
    expect(seen.length).toBeGreaterThanOrEqual(1);
  });

  it('leaves a session and its logout deliveries, or neither, and the response matches', async () => {
    const seen = await cutEverywhere(
      async () => {
        const { access_token: token } = await client.tokens();
        const { json } = await client.admin('GET', '/oauth2/auth/sessions/login?subject=alice');
        return { token, json };
      },
      () => client.admin('DELETE', '/oauth2/auth/sessions/login?subject=alice'),
      async () => {
        const { rows } = await killer.query(`select from login_session where subject = 'alice'`);
        return rows.length === 0;
      },
    );
    expect(seen.length).toBeGreaterThanOrEqual(4);
  });

  it('reports the fault of the connection, not that of TypeORM, and the error of the work when that came first', async () => {
    const dataSource = await connectForRequests(database.dsn, []);
    try {
      const failures: unknown[] = [];
      for (let number = 1; number <= 3; number++) {
        const cut = cutAfter(number);
        const work = transaction(dataSource, async (manager) => {
          await manager.query('select 1');
          await manager.query('select 2');
        });
        failures.push(await work.catch((error: unknown) => error));
        vi.restoreAllMocks();
        expect(cut.done).toBe(true);
      }
      expect(failures.map(isUnavailable)).toEqual([true, true, true]);
      const refused = transaction(dataSource, async (manager) => {
        await manager.query('select 1');
        throw new Error('refused');
      });
      await expect(refused).rejects.toThrow('refused');
    } finally {
      await dataSource.destroy();
    }
  });
});
