import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { ChangeFeed } from '../../../src/invalidation/change-feed.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type RunningServer, startServer } from './server.js';

describe('cached clients', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let replica: RunningServer;
  const create = async (): Promise<string> => {
    const client_id = randomUUID();
    await server.admin('POST', '/admin/clients', { json: { client_id } });
    return client_id;
  };

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn);
    replica = await startServer(database.dsn);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(async () => {
    await replica.close();
    await server.close();
    await database.drop();
  });

  it('are read from the database once', async () => {
    const id = await create();
    const clients = server.get(ClientsService);
    const first = await clients.cached(id);
    expect(first?.clientId).toBe(id);
    expect(await clients.cached(id)).toBe(first);
    expect(await clients.find(id)).not.toBe(first);
  });

  it('are removed at once on the replica that deletes them', async () => {
    const id = await create();
    await server.get(ClientsService).cached(id);
    await server.admin('DELETE', `/admin/clients/${id}`);
    expect(await server.get(ClientsService).cached(id)).toBeUndefined();
  });

  it('expire on other replicas within five seconds even without a message, and are never returned by an uncached read', async () => {
    replica.get(ChangeFeed).onModuleDestroy();
    const id = await create();
    const clients = replica.get(ClientsService);
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    await clients.cached(id);
    await server.admin('DELETE', `/admin/clients/${id}`);
    now += 4_999;
    expect((await clients.cached(id))?.clientId).toBe(id);
    now += 1;
    expect(await clients.cached(id)).toBeUndefined();

    const other = await create();
    await clients.cached(other);
    await server.admin('DELETE', `/admin/clients/${other}`);
    expect(await clients.find(other)).toBeUndefined();
    expect(await clients.cached(other)).toBeUndefined();
  });

  it('have a version that rises with every change, and get a new key when they are created again', async () => {
    const id = await create();
    const clients = server.get(ClientsService);
    const versions = [(await clients.cached(id))?.version];
    await server.admin('PUT', `/admin/clients/${id}`, { json: {} });
    versions.push((await clients.cached(id))?.version);
    await clients.endAccessTokens(id, new Date());
    versions.push((await clients.cached(id))?.version);
    expect(versions).toEqual([1, 2, 3]);
    const key = (await clients.cached(id))?.key;
    await server.admin('DELETE', `/admin/clients/${id}`);
    await server.admin('POST', '/admin/clients', { json: { client_id: id } });
    expect((await clients.cached(id))?.key).not.toBe(key);
  });

  it('have an end of their access tokens that never moves back in time', async () => {
    const id = await create();
    const clients = server.get(ClientsService);
    await clients.endAccessTokens(id, new Date('2030-01-01T00:00:00Z'));
    await clients.endAccessTokens(id, new Date('2029-01-01T00:00:00Z'));
    expect((await clients.cached(id))?.entity.accessTokensValidFrom).toEqual(new Date('2030-01-01T00:00:00Z'));
    await clients.endAccessTokens('nobody', new Date());
    await clients.endAccessTokens('x\u0000', new Date());
  });
});
