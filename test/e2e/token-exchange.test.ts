/** The example of the guide docs/guides/token-exchange.md: web application, gateway and service with openid-client and oauth4webapi. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { root } from './support/built.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { signInAndAllow } from './support/relying-party.js';
import { Visitor } from './support/visitor.mjs';

const SECRET = 'a-secret-of-the-example';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

describe('the example of token exchange', () => {
  let database: TestDatabase;
  let demo: Demo;
  let example: ChildProcess;
  let home: string;
  let gatewayUrl: string;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      OAUTH2_TOKEN_EXCHANGE_ENABLED: 'true',
      OAUTH2_DPOP_ENABLED: 'true',
      OAUTH2_INTROSPECTION_PUBLIC: 'true',
      STRATEGIES_ACCESS_TOKEN: 'jwt',
      STRATEGIES_JWT_PROFILE: 'rfc9068',
    });
    const [port = 0, gateway = 0, orders = 0] = await freePorts(3);
    home = `http://127.0.0.1:${String(port)}`;
    gatewayUrl = `http://127.0.0.1:${String(gateway)}`;
    const common = { client_secret: SECRET, dpop_bound_access_tokens: true };
    const clients = [
      { client_id: 'web', redirect_uris: [`${home}/callback`], scope: 'openid read', audience: ['gateway'] },
      { client_id: 'gateway', grant_types: [EXCHANGE], scope: 'read', audience: ['orders'] },
      { client_id: 'orders', grant_types: [EXCHANGE], scope: 'read' },
    ];
    for (const client of clients) {
      const body = JSON.stringify({ ...common, ...client });
      expect((await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body })).status).toBe(201);
    }
    const env = { ISSUER: demo.urls.issuer, SECRET, PORT: String(port) };
    example = spawn(process.execPath, ['examples/token-exchange/main.mjs'], {
      cwd: root,
      env: { ...process.env, ...env, GATEWAY_PORT: String(gateway), ORDERS_PORT: String(orders) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(example.stdout!, 'data');
  });

  afterAll(async () => {
    example.kill();
    await demo.stop();
    await database.drop();
  });

  const tokens = async (): Promise<unknown> => (await fetch(`${home}/tokens`)).json();

  it('acts for the person through two services, and the end of the consent ends all three tokens', async () => {
    const visitor = new Visitor('nowhere:');
    const page = await signInAndAllow(visitor, await visitor.open(`${home}/`));
    const gateway = { sub: 'gateway' };
    expect(JSON.parse(page.html)).toEqual({ orders: ['a difference engine'], for: 'user-1001', asked_by: gateway });
    const person = { active: true, sub: 'user-1001' };
    expect(await tokens()).toEqual({
      web: person,
      gateway: { ...person, act: gateway },
      orders: { ...person, act: { sub: 'orders', act: gateway } },
    });
    const consents = `${demo.urls.admin}/admin/oauth2/auth/sessions/consent?subject=user-1001&all=true`;
    expect((await fetch(consents, { method: 'DELETE' })).status).toBe(204);
    const over = { active: false };
    expect(await tokens()).toEqual({ web: over, gateway: over, orders: over });
  });

  it('lets nobody in without a token and a proof', async () => {
    expect((await fetch(`${gatewayUrl}/orders`)).status).toBe(401);
  });
});
