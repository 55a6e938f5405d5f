import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { withClient } from '../../support/postgres-service.js';
import { redisUrl } from '../../support/redis.js';
import { RedisServer } from '../flow-store/redis-server.js';
import { Replica, WAIT } from './replicas.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const reconnects = 'ostiary_cache_feed_reconnects_total';

async function deletedIsUnknown(here: Replica, there: Replica): Promise<void> {
  const client = await here.createClient();
  expect(await there.authenticates(client)).toBe(true);
  await there.hears('client', () => here.client('DELETE', client));
  expect(await there.authenticates(client)).toBe(false);
}

describe('a lost connection of LISTEN', () => {
  let here: Replica;
  let there: Replica;

  beforeAll(async () => {
    here = await Replica.start(database.dsn);
    there = await Replica.start(database.dsn);
    await here.uses('listen');
    await there.uses('listen');
  });
  afterAll(async () => {
    await there.stop();
    await here.stop();
  });

  async function cut(): Promise<void> {
    await withClient(database.dsn, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and query ~ '^(un)?listen |^select 1$' and pid <> pg_backend_pid()`,
      ),
    );
  }

  it('is opened again, and changes in between are noticed', async () => {
    const client = await here.createClient();
    expect(await there.authenticates(client)).toBe(true);
    const before = await there.metric(reconnects);
    await cut();
    await here.client('DELETE', client);
    await vi.waitFor(async () => {
      expect(await there.metric(reconnects)).toBeGreaterThan(before);
    }, WAIT);
    expect(await there.authenticates(client)).toBe(false);
    await there.uses('listen');
    await deletedIsUnknown(here, there);
  });
});

describe.skipIf(!redisUrl())('a lost Redis', () => {
  let redis: RedisServer;
  let here: Replica;
  let there: Replica;

  beforeAll(async () => {
    redis = await RedisServer.create();
    await redis.start();
    const settings = { redis: { url: redis.url } };
    here = await Replica.start(database.dsn, settings);
    there = await Replica.start(database.dsn, settings);
    await here.uses('redis');
    await there.uses('redis');
  });
  afterAll(async () => {
    await there.stop();
    await here.stop();
    await redis.remove();
  });

  it('is replaced by polling until it is back', async () => {
    await deletedIsUnknown(here, there);
    await redis.stop();
    await there.uses('poll');
    await deletedIsUnknown(here, there);
    await redis.start();
    await here.uses('redis');
    await there.uses('redis');
    expect(await there.metric(reconnects)).toBe(1);
    await deletedIsUnknown(here, there);
  });
});
