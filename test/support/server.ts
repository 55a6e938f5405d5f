/** The whole server in this process, on real stores and free ports. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import type { ListenerName } from '../../src/http/exchange/exchange.js';
import { startServer } from '../../src/server.js';

/** The server's issuer; requests go to the listener instead. */
export const ISSUER = 'http://id.example';

export interface TestServer {
  /** `http://127.0.0.1:port` */
  public: string;
  admin: string;
  /** `https://127.0.0.1:port`, with `serve.mtls`. */
  mtls?: string;
  stop(): Promise<void>;
}

/** The configuration of {@link startTestServer}; the listeners of another process need ports. */
export function testSettings(dsn: string, settings: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    dsn,
    log: { level: 'fatal' },
    secrets: { system: ['a system secret of the tests'] },
    urls: {
      self: { issuer: ISSUER },
      login: 'http://ui.example/login',
      consent: 'http://ui.example/consent',
      error: 'http://ui.example/error?tenant=a',
    },
    ...settings,
  };
}

/**
 * @param dsn of a migrated database, or of one that is migrated while the server runs
 * @param settings keys of the configuration, by section
 * @param options whether it runs in development mode; the ports that must be known before. Others are any free ones
 */
export async function startTestServer(
  dsn: string,
  settings: Record<string, unknown> = {},
  { dev = true, ports = {} }: { dev?: boolean; ports?: Partial<Record<ListenerName, number>> } = {},
): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'server-'));
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(testSettings(dsn, settings)));
  const configuration = structuredClone(loadConfiguration({ files: [file], env: {}, dev }));
  await rm(folder, { recursive: true });
  const withMutualTls = configuration.serve.mtls.enabled;
  const listeners: ListenerName[] = withMutualTls ? ['public', 'admin', 'mtls'] : ['public', 'admin'];
  for (const name of listeners) Object.assign(configuration.serve[name], { host: '127.0.0.1', port: ports[name] ?? 0 });
  const server = await startServer({ configuration, listeners });
  return {
    public: server.address('public'),
    admin: server.address('admin'),
    ...(withMutualTls && { mtls: server.address('mtls') }),
    stop: () => server.stop(),
  };
}
