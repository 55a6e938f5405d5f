/** The servers behind the proxy, with their settings. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Balancer } from './balancer.js';
import { ask } from './ask.js';
import { type Ending, type LineReader, ServerProcess, type Settings } from './server-process.js';
import { ISSUER } from './traffic/browser.js';

const POLL_MS = 50;
const START_MS = 60_000;

export type SettingsOf = (server: number) => Settings;

export class Fleet {
  /** Overrides for the settings of every server. */
  private over: Settings = {};

  private constructor(
    readonly servers: readonly ServerProcess[],
    private readonly settingsOf: SettingsOf,
    private readonly fronts: { public: Balancer; admin: Balancer },
  ) {}

  /** Starts the servers and waits until they are ready. @param folder for the configuration files */
  static async start(count: number, folder: string, settingsOf: SettingsOf, read: LineReader): Promise<Fleet> {
    const names = Array.from({ length: count }, (_, i) => `server-${String(i + 1)}`);
    const servers = await Promise.all(names.map((name) => ServerProcess.create(name, folder, read)));
    const upstreams = (listener: 'publicPort' | 'adminPort'): { name: string; port: number }[] =>
      servers.map((server) => ({ name: server.name, port: server[listener] }));
    const [onPublic, onAdmin] = await Promise.all([
      Balancer.before(upstreams('publicPort')),
      Balancer.before(upstreams('adminPort')),
    ]);
    const fleet = new Fleet(servers, settingsOf, { public: onPublic, admin: onAdmin });
    await fleet.configure();
    for (const server of servers) server.start();
    await Promise.all(servers.map((server) => fleet.ready(server)));
    await fleet.inService();
    return fleet;
  }

  get publicUrl(): string {
    return this.fronts.public.url;
  }

  get adminUrl(): string {
    return this.fronts.admin.url;
  }

  /** Every server adopts these overrides, in place of earlier ones. */
  async configure(over: Settings = {}): Promise<void> {
    this.over = over;
    await Promise.all(this.servers.map((server, i) => server.configure({ ...this.settingsOf(i), ...this.over })));
  }

  async restart(server: ServerProcess, signal: Ending, clockShift = server.clockShift): Promise<void> {
    await server.end(signal);
    server.clockShift = clockShift;
    server.start();
    await this.ready(server);
  }

  /** Resolves when the server is ready. @throws where it is not within a minute */
  async ready(server: ServerProcess): Promise<void> {
    const deadline = Date.now() + START_MS;
    while ((await this.at(server, 'public')('GET', '/health/ready')).status !== 200) {
      if (Date.now() > deadline) throw new Error(`${server.name} is not ready after ${String(START_MS)} ms.`);
      await sleep(POLL_MS);
    }
  }

  /** Resolves when the proxy sends requests to each running server. */
  async inService(): Promise<void> {
    const running = this.servers.filter(({ isRunning }) => isRunning).length;
    const serving = (): number => Math.min(this.fronts.public.inService.length, this.fronts.admin.inService.length);
    while (serving() < running) await sleep(POLL_MS);
  }

  /** Sends a request to a listener of one server, past the proxy. */
  at(server: ServerProcess, listener: 'public' | 'admin'): typeof ask {
    const port = listener === 'public' ? server.publicPort : server.adminPort;
    return (method, path, asking) => ask(method, `http://127.0.0.1:${String(port)}${path}`, asking);
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.end('SIGINT')));
    await Promise.all([this.fronts.public.close(), this.fronts.admin.close()]);
  }
}

/** The settings that all servers of all rounds share. */
export function commonSettings(grace: boolean): Settings {
  const page = (name: string): string => `http://ui.example/${name}`;
  return {
    log: { level: 'info', format: 'json', audit: 'stdout' },
    secrets: { system: ['the first system secret of the proof'], cookie: ['the cookie secret of the proof'] },
    urls: {
      ...{ self: { issuer: ISSUER }, login: page('login'), consent: page('consent'), logout: page('logout') },
      ...{ error: page('error'), device: { verification: page('device') } },
    },
    // Nothing expires by itself, not even by a wrong clock: whatever ended was ended by a request.
    ttl: { access_token: '12h', id_token: '12h', auth_code: '1h', device_user_code: '1h', login_consent_request: '2h' },
    oauth2: {
      device_authorization: { token_polling_interval: '1s' },
      ...(grace && { grant: { refresh_token: { rotation_grace_period: '60s' } } }),
    },
    oidc: { back_channel_logout: { timeout: '1s' } },
  };
}
