/** Several servers on one database, as replicas, and the changes that each has received from the others. */
import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import { type Answer, send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';

export const WAIT = { timeout: 60_000, interval: 20 };

export type Way = 'redis' | 'listen' | 'poll';

export interface Credentials {
  id: string;
  secret: string;
}

export class Replica {
  private constructor(private readonly server: TestServer) {}

  /** @param settings keys of the configuration, by section */
  static async start(dsn: string, settings: Record<string, unknown> = {}): Promise<Replica> {
    const oauth2 = { introspection: { public: true }, hashers: { pbkdf2: { iterations: 100 } } };
    return new Replica(await startTestServer(dsn, { oauth2, ...settings }));
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** The sum of the samples of a metric that have all the labels. */
  async metric(name: string, ...labels: string[]): Promise<number> {
    const { text } = await send('GET', `${this.server.admin}/admin/metrics/prometheus`);
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  async uses(way: Way): Promise<void> {
    await vi.waitFor(async () => {
      expect(await this.metric('ostiary_cache_feed', `way="${way}"`)).toBe(1);
    }, WAIT);
  }

  /** Runs the act, and returns when this replica has received a change of the kind. */
  async hears(kind: 'client' | 'key_set', act: () => Promise<unknown>): Promise<void> {
    const heard = (): Promise<number> => this.metric('ostiary_cache_changes_total', `kind="${kind}"`);
    const before = await heard();
    await act();
    await vi.waitFor(async () => {
      expect(await heard()).toBeGreaterThan(before);
    }, WAIT);
  }

  admin(method: string, path: string, body?: unknown): Promise<Answer> {
    return send(method, `${this.server.admin}/admin${path}`, {
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  async createClient(id: string = randomUUID()): Promise<Credentials> {
    const grants = { grant_types: ['client_credentials'], scope: 'a' };
    const { status, json } = await this.admin('POST', '/clients', { client_id: id, ...grants });
    expect(status).toBe(201);
    return { id, secret: json.client_secret as string };
  }

  client(method: string, { id }: Credentials, body?: unknown): Promise<Answer> {
    return this.admin(method, `/clients/${encodeURIComponent(id)}`, body);
  }

  async token(client: Credentials): Promise<string> {
    const { json } = await this.authenticated('/oauth2/token', client, { grant_type: 'client_credentials' });
    return json.access_token as string;
  }

  /** Tests only client authentication: the malformed token causes no look-up. */
  async authenticates(client: Credentials): Promise<boolean> {
    const { status } = await this.authenticated('/oauth2/introspect', client, { token: 'none' });
    expect([200, 401]).toContain(status);
    return status === 200;
  }

  async isActive(token: string): Promise<boolean> {
    const body = new URLSearchParams({ token });
    return (await send('POST', `${this.server.admin}/admin/oauth2/introspect`, { body })).json.active as boolean;
  }

  async publishedKids(): Promise<string[]> {
    const { json } = await send('GET', `${this.server.public}/.well-known/jwks.json`);
    return (json.keys as { kid: string }[]).map(({ kid }) => kid);
  }

  private authenticated(path: string, { id, secret }: Credentials, form: Record<string, string>): Promise<Answer> {
    const pair = [id, secret].map((text) => encodeURIComponent(text)).join(':');
    const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    return send('POST', `${this.server.public}${path}`, { headers, body: new URLSearchParams(form) });
  }
}
