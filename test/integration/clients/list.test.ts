import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, type RunningServer, startServer } from './server.js';

describe('the list of clients', () => {
  let database: TestDatabase;
  let server: RunningServer;
  const list = (query: string): Promise<Answer> => server.admin('GET', `/admin/clients?${query}`);
  const ids = async (query: string): Promise<string[]> =>
    ((await list(query)).json as unknown as { client_id: string }[]).map((client) => client.client_id);
  const create = async (json: object): Promise<string> =>
    (await server.admin('POST', '/admin/clients', { json })).json.client_id;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn);
    await server.get(DataSource).query(`
      insert into client (client_id, name, owner, metadata, created_at, updated_at)
      select 'many-' || lpad(i::text, 6, '0'), 'name-' || i % 50, 'owner-' || i % 20, '{}', now(), now()
      from generate_series(1, 1000) i`);
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  it('can be filtered by exact owner and name, alone or together', async () => {
    const [owner, name] = [randomUUID(), randomUUID()];
    const a = await create({ owner, client_name: name });
    const b = await create({ owner, client_name: 'other' });
    expect((await ids(`owner=${owner}`)).toSorted()).toEqual([a, b].toSorted());
    expect(await ids(`client_name=${name}`)).toEqual([a]);
    expect(await ids(`owner=${owner}&client_name=other`)).toEqual([b]);
    expect(await ids(`owner=${owner.slice(0, -1)}`)).toEqual([]);
    expect((await list(`owner=${randomUUID()}`)).text).toBe('[]\n');
    expect(await ids('owner=a%ED%A0%80').catch(() => [])).toEqual([]);
  });

  it('has a hundred clients on a page, five hundred at most, and none of their secrets', async () => {
    expect(await ids('')).toHaveLength(100);
    expect(await ids('owner=&client_name=')).toHaveLength(100);
    const answer = await list('page_size=9999');
    expect(answer.json).toHaveLength(500);
    expect(answer.text).not.toContain('secret"');
  });

  it('links the first and the next page, keeps the filters, and shows each client once', async () => {
    const owner = randomUUID();
    const made = await Promise.all(Array.from({ length: 5 }, () => create({ owner })));
    const seen: string[][] = [];
    let path: string | undefined = `/admin/clients?owner=${owner}&page_size=2`;
    while (path) {
      const answer = await server.admin('GET', path);
      seen.push((answer.json as unknown as { client_id: string }[]).map((client) => client.client_id));
      const link = answer.headers.get('link') ?? '';
      expect(link).toMatch(/^<\/admin\/clients\?owner=[^&]+&page_size=2&page_token=[^>]+>; rel="first"/);
      path = /,<([^>]+)>; rel="next"$/.exec(link)?.[1];
    }
    expect(seen.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(seen.flat()).toEqual(made.toSorted());
  });

  it.each(['page_size=abc', 'page_token=abc', `page_token=${randomUUID()}`])('refuses %s with 400', async (query) => {
    const answer = await list(query);
    expect([answer.status, typeof answer.json.error_description]).toEqual([400, 'string']);
  });
});
