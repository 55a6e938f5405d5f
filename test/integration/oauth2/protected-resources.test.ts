import { get } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { send } from '../../support/send.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';
import { ostiary, program } from '../cli/ostiary.js';

const RESOURCE = {
  resource: 'https://api.example/orders',
  resource_name: 'Orders',
  scopes_supported: ['orders.read'],
  dpop_bound_access_tokens_required: true,
};
const PATH = '/.well-known/oauth-protected-resource';

describe('metadata of protected resources (RFC 9728)', () => {
  let database: TestDatabase;
  let server: TestServer;
  let without: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    const oauth2 = { protected_resources: [RESOURCE, { resource: 'https://other.example' }] };
    server = await startTestServer(database.dsn, { oauth2 });
    without = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await Promise.all([server.stop(), without.stop()]);
    await database.drop();
  });

  /** `fetch` would not send another Host. */
  const ask = (url: string, host: string): Promise<{ status: number; origin: unknown; text: string }> =>
    new Promise((resolve, reject) => {
      get(url, { headers: { host, origin: 'https://page.example' } }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, origin: headers['access-control-allow-origin'], text });
        });
      }).on('error', reject);
    });

  it('is served at the path of the resource, for its host, to pages of every origin', async () => {
    const { status, origin, text } = await ask(`${server.public}${PATH}/orders`, 'api.example');
    expect([status, origin]).toEqual([200, '*']);
    expect(JSON.parse(text)).toEqual({
      ...RESOURCE,
      authorization_servers: [ISSUER],
      bearer_methods_supported: ['header'],
    });
    expect(JSON.parse((await ask(`${server.public}${PATH}`, 'other.example')).text)).toMatchObject({
      resource: 'https://other.example',
    });
  });

  it('is not served for another host, path, query or method', async () => {
    expect((await ask(`${server.public}${PATH}/orders`, 'other.example')).status).toBe(404);
    expect((await ask(`${server.public}${PATH}/orders/1`, 'api.example')).status).toBe(404);
    expect((await ask(`${server.public}${PATH}/orders?a=b`, 'api.example')).status).toBe(404);
    expect((await ask(`${server.public}${PATH}`, 'api.example')).status).toBe(404);
    expect((await send('POST', `${server.public}${PATH}/orders`)).status).toBe(404);
    expect((await send('GET', `${server.admin}${PATH}/orders`)).status).toBe(404);
  });

  it('is named in discovery, and neither is there where none is listed', async () => {
    const discovery = async (of: TestServer): Promise<unknown> =>
      (await send('GET', `${of.public}/.well-known/openid-configuration`)).json.protected_resources;
    expect(await discovery(server)).toEqual(['https://api.example/orders', 'https://other.example']);
    expect(await discovery(without)).toBeUndefined();
    expect((await ask(`${without.public}${PATH}/orders`, 'api.example')).status).toBe(404);
  });

  it('is printed by the command line for an API that serves it itself', async () => {
    await program();
    const folder = mkdtempSync(join(tmpdir(), 'resource-metadata-'));
    try {
      const file = join(folder, 'ostiary.json');
      writeFileSync(
        file,
        JSON.stringify({ urls: { self: { issuer: ISSUER } }, dev: true, oauth2: { protected_resources: [RESOURCE] } }),
      );
      const printed = await ostiary(['resource-metadata', '-c', file, RESOURCE.resource]);
      expect([printed.code, printed.stderr]).toEqual([0, '']);
      const { text } = await ask(`${server.public}${PATH}/orders`, 'api.example');
      expect(JSON.parse(printed.stdout)).toEqual(JSON.parse(text));
      const unknown = await ostiary(['resource-metadata', '-c', file, 'https://api.example/']);
      expect(unknown).toMatchObject({ code: 1, stdout: '' });
      expect(unknown.stderr).toContain(`It lists: ${RESOURCE.resource}.`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
