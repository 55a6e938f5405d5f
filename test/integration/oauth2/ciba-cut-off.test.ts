import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CibaRequests } from '../../../src/consent/ciba/ciba-requests.js';
import { AuthorizationIssuance } from '../../../src/oauth2/issuance/authorization-issuance.js';
import { answerCiba, CibaApp, CibaParty, cibaSettings, readCiba } from '../../support/ciba-app.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { startTestServer, type TestServer } from '../../support/server.js';

/** Statements that run beside requests. */
const HOUSEKEEPING =
  /\blease\b|slice as materialized|pg_inherits|pg_class|logout_delivery|ciba_ping|cache_change|^listen |^select 1$/i;

describe.skipIf(!redisUrl())('backchannel authentication', () => {
  let database: TestDatabase;
  let app: CibaApp;
  let server: TestServer;
  let party: CibaParty;

  beforeAll(async () => {
    [database, app] = [await freshDatabase(), await CibaApp.open()];
    server = await startTestServer(database.dsn, {
      oidc: cibaSettings(app, { max_open_per_hint: 100 }),
      redis: { url: redisUrl(), prefix: `ciba-cut-off-${process.pid}:` },
    });
    party = await CibaParty.register(server);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(async () => {
    await server.stop();
    await app.close();
    await database.drop();
  });

  const lost = (): Promise<never> => Promise.reject(new Error('The process was killed here.'));
  const say = async (verb: 'accept' | 'reject'): Promise<number> =>
    (await answerCiba(server, app.challenge, verb)).status;
  const poll = async (id: string): Promise<unknown> => {
    const { status, json } = await party.poll(id);
    return status === 200 ? 'tokens' : json.error;
  };

  it('can be accepted again where that was cut off before the grant was written', async () => {
    const id = await party.started();
    vi.spyOn(AuthorizationIssuance.prototype, 'issue').mockImplementationOnce(lost);
    expect(await say('accept')).toBe(500);
    expect(await poll(id)).toBe('authorization_pending');
    expect((await readCiba(server, app.challenge)).status).toBe(200);
    expect(await say('reject')).toBe(410); // nobody knows whether the grant was written
    expect(await say('accept')).toBe(204);
    expect(await poll(id)).toBe('tokens');
  });

  it('gives the tokens where it was cut off after the grant was written, which counts', async () => {
    const id = await party.started();
    vi.spyOn(CibaRequests.prototype, 'approve').mockImplementationOnce(lost);
    expect(await say('accept')).toBe(500);
    expect(await poll(id)).toBe('tokens');
    expect(await poll(id)).toBe('invalid_grant');
    expect(await say('accept')).toBe(410); // the first answer counts
    expect(await poll(id)).toBe('invalid_grant');
  });

  it('gives the tokens to a client that comes with its ping, before the request is known as answered', async () => {
    const id = await party.started();
    const polled: unknown[] = [];
    vi.spyOn(CibaRequests.prototype, 'approve').mockImplementationOnce(async () => {
      polled.push(await poll(id));
    });
    expect(await say('accept')).toBe(204);
    expect(polled).toEqual(['tokens']);
  });

  it('costs PostgreSQL nothing while the person has not answered', async () => {
    const id = await party.started();
    const query = vi.spyOn(pg.Client.prototype, 'query');
    await vi.waitFor(
      async () => {
        await party.poll(id); // client and secret are cached from now on
        query.mockClear();
        expect(['authorization_pending', 'slow_down']).toContain(await poll(id));
        const texts = query.mock.calls.map(([sent]) =>
          typeof sent === 'string' ? sent : ((sent as { text?: string }).text ?? ''),
        );
        expect(texts.filter((text) => !HOUSEKEEPING.test(text))).toEqual([]);
      },
      { timeout: 20_000, interval: 20 },
    );
  });
});
