import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HashingQueue } from '../../../src/crypto/secret-hasher-queue.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const ROUNDS = 60;

describe('an unknown client and a wrong secret', () => {
  let database: TestDatabase;
  let server: TestServer;
  let known: RelyingParty;
  const hash = vi.spyOn(HashingQueue.prototype, 'run');

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
    known = await RelyingParty.register(server);
    await known.token({ grant_type: 'client_credentials' });
  });
  afterAll(async () => {
    hash.mockRestore();
    await server.stop();
    await database.drop();
  });

  /** The number of computed hashes, and milliseconds. Each attempt has its own secret, so that none uses the cache. */
  async function attempt(clientId: string): Promise<{ hashes: number; took: number }> {
    hash.mockClear();
    const begin = performance.now();
    const answer = await as(clientId).token({ grant_type: 'client_credentials' });
    const took = performance.now() - begin;
    expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client']);
    return { hashes: hash.mock.calls.length, took };
  }

  /** `known` under another name, with a secret that nobody knows. */
  function as(clientId: string): RelyingParty {
    return Object.assign(Object.create(RelyingParty.prototype) as RelyingParty, {
      ...{ server, clientId, secret: randomUUID() },
    });
  }

  it('cost the same one hash, and cannot be told apart by time', async () => {
    const times: { kind: 'known' | 'unknown'; took: number }[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const order = i % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const);
      for (const kind of order) {
        const { hashes, took } = await attempt(kind === 'known' ? known.clientId : randomUUID());
        expect(hashes).toBe(1);
        times.push({ kind, took });
      }
    }
    // Mann-Whitney: the distance of the rank sum from that of one distribution, in standard deviations. Six cannot be
    // chance, and a skipped hash would give nine.
    expect(Math.abs(rankSumDeviation(times))).toBeLessThan(6);
  });
});

function rankSumDeviation(times: { kind: string; took: number }[]): number {
  const sorted = times.toSorted((a, b) => a.took - b.took);
  const sum = sorted.reduce((total, { kind }, i) => (kind === 'known' ? total + i + 1 : total), 0);
  const size = times.length / 2;
  return (sum - (size * (2 * size + 1)) / 2) / Math.sqrt((size * size * (2 * size + 1)) / 12);
}
