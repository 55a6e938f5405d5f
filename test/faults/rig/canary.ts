/** A client that asks every server, past the proxy, for something that needs each store: it finds when everything serves again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from './fleet.js';
import type { ServerProcess } from './server-process.js';
import { Application } from './traffic/application.js';
import { CALLBACK } from './traffic/browser.js';
import type { World } from './world.js';

const POLL_MS = 50;
const PATIENCE_MS = 60_000;

export class Canary {
  private constructor(
    private readonly fleet: Fleet,
    private readonly app: Application,
  ) {}

  static async register(fleet: Fleet, world: World): Promise<Canary> {
    return new Canary(fleet, await Application.register(world));
  }

  /** Resolves when all servers serve; after a minute with the reason why they do not. */
  async awaitService(): Promise<string | undefined> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const obstacles = await Promise.all(this.fleet.servers.map((server) => this.obstacle(server)));
      const found = obstacles.find((obstacle) => obstacle !== undefined);
      if (found === undefined || Date.now() > deadline) return found;
      await sleep(POLL_MS);
    }
  }

  private async obstacle(server: ServerProcess): Promise<string | undefined> {
    const query = { client_id: this.app.id, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid' };
    const address = `/oauth2/auth?${new URLSearchParams({ ...query, state: 'a-long-state' }).toString()}`;
    const form = { grant_type: 'client_credentials', scope: 'photos' };
    const [onPublic, onAdmin] = [this.fleet.at(server, 'public'), this.fleet.at(server, 'admin')];
    const asked = await Promise.all([
      onPublic('GET', '/health/ready'),
      onPublic('POST', '/oauth2/token', { form, headers: this.app.credentials }),
      onPublic('GET', address),
      onAdmin('GET', `/admin/clients/${this.app.id}`),
    ]);
    const statuses = asked.map(({ status, lost }) => lost ?? status);
    const wanted = [200, 200, 302, 200];
    if (statuses.every((status, i) => status === wanted[i])) return undefined;
    return `${server.name} answers ${statuses.join(', ')} in place of ${wanted.join(', ')}`;
  }
}
