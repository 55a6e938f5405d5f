import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { Replica, type Way } from './replicas.js';

let other: TestDatabase;

beforeAll(async () => {
  other = await emptyDatabase();
});
afterAll(() => other.drop());

/** The settings for each way. Notifications never arrive over a direct_dsn of another database. */
const WAYS: Record<Way, () => Record<string, unknown>> = {
  redis: () => ({ redis: { url: redisUrl(), prefix: `changes-${randomBytes(6).toString('hex')}:` } }),
  listen: () => ({}),
  poll: () => ({ database: { direct_dsn: other.dsn } }),
};

const HOSTILE = `é"'\\\u0001🔑],[${'%00;x'.repeat(20)}`;

describe.each(['redis', 'listen', 'poll'] as const)('a change, received by %s', (way) => {
  const available = way !== 'redis' || redisUrl() !== undefined;
  let database: TestDatabase;
  let here: Replica;
  let there: Replica;

  beforeAll(async () => {
    if (!available) return;
    database = await freshDatabase();
    const settings = WAYS[way]();
    here = await Replica.start(database.dsn, settings);
    there = await Replica.start(database.dsn, settings);
    await here.uses(way);
    await there.uses(way);
  });
  afterAll(async () => {
    if (!available) return;
    await there.stop();
    await here.stop();
    await database.drop();
  });

  it.skipIf(!available)('a deleted client is unknown everywhere, and its tokens are not active', async () => {
    const client = await here.createClient();
    const token = await there.token(client);
    expect([await there.authenticates(client), await there.isActive(token)]).toEqual([true, true]);
    await there.hears('client', () => here.client('DELETE', client));
    expect(await here.authenticates(client)).toBe(false);
    expect(await there.authenticates(client)).toBe(false);
    expect(await there.isActive(token)).toBe(false);
  });

  it.skipIf(!available)('a secret that was rotated away is refused everywhere', async () => {
    const client = await here.createClient();
    expect(await there.authenticates(client)).toBe(true);
    await there.hears('client', () => here.admin('POST', `/clients/${client.id}/secrets/rotate`));
    expect(await there.authenticates(client)).toBe(true);
    await there.hears('client', () => here.admin('DELETE', `/clients/${client.id}/secrets/rotate`));
    expect(await here.authenticates(client)).toBe(false);
    expect(await there.authenticates(client)).toBe(false);
  });

  it.skipIf(!available)('a changed client is the changed one everywhere', async () => {
    const client = await here.createClient();
    expect(await there.authenticates(client)).toBe(true);
    const changed = { token_endpoint_auth_method: 'client_secret_post', grant_types: ['client_credentials'] };
    await there.hears('client', () => here.client('PUT', client, changed));
    expect(await there.authenticates(client)).toBe(false);
  });

  it.skipIf(!available)('a client_id of any characters and of 255 of them is told', async () => {
    for (const id of [HOSTILE, '🔑'.repeat(255), '\u0001'.repeat(255)]) {
      const client = await here.createClient(id);
      expect(await there.authenticates(client)).toBe(true);
      await there.hears('client', () => here.client('DELETE', client));
      expect(await there.authenticates(client)).toBe(false);
    }
    expect(await there.metric('ostiary_cache_changes_total', 'kind="invalid"')).toBe(0);
  });

  it.skipIf(!available)('a new key is published everywhere, and a deleted one nowhere', async () => {
    const set = 'hydra.openid.id-token';
    await there.publishedKids();
    await there.hears('key_set', () => here.admin('POST', `/keys/${set}`, { alg: 'ES256', kid: 'one', use: 'sig' }));
    expect(await there.publishedKids()).toContain('one');
    await there.hears('key_set', () => here.admin('DELETE', `/keys/${set}/one`));
    expect(await here.publishedKids()).not.toContain('one');
    expect(await there.publishedKids()).not.toContain('one');
  });
});
