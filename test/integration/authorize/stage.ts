import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { withClient } from '../../support/postgres-service.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

/** A server for the suite, and a client that may do everything. */
export class Stage {
  private database: TestDatabase;
  server: TestServer;
  client: RelyingParty;

  /** @param redis address of a Redis for the flows @param settings keys of the configuration, by section */
  constructor(redis?: string, settings: Record<string, unknown> = {}) {
    beforeAll(async () => {
      this.database = await freshDatabase();
      const store = redis === undefined ? {} : { redis: { url: redis, prefix: `authorize:${randomUUID()}:` } };
      this.server = await startTestServer(this.database.dsn, { ...store, ...settings });
      this.client = await this.register();
    });
    afterAll(async () => {
      await this.server.stop();
      await this.database.drop();
    });
  }

  /** Changes the client as another replica, or an operator at the database, would. */
  async query(text: string, values: unknown[]): Promise<void> {
    await withClient(this.database.dsn, (client) => client.query(text, values));
  }

  register(over: Record<string, unknown> = {}): Promise<RelyingParty> {
    return RelyingParty.register(this.server, {
      grant_types: ['authorization_code', 'implicit', 'refresh_token'],
      response_types: [
        ...['code', 'token', 'id_token', 'id_token token'],
        ...['code id_token', 'code token', 'code id_token token'],
      ],
      scope: 'openid offline_access photos.*',
      ...over,
    });
  }

  browser(): CookieBrowser {
    return new CookieBrowser(this.server);
  }

  /** One request to the public listener, without a browser session. */
  ask(method: string, address: string, init: Parameters<typeof send>[2] = {}): Promise<Answer> {
    return send(method, this.server.public + address, init);
  }
}

/** A browser at an app: the request for the app, and the challenge to accept or reject. */
export async function stopped(
  browser: CookieBrowser,
  address: string,
  at: 'login' | 'consent',
): Promise<{ challenge: string; asked: Record<string, unknown> }> {
  const end = await browser.walk(address, { until: at });
  return { challenge: end.url?.searchParams.get(`${at}_challenge`) ?? '', asked: end[at] ?? {} };
}
