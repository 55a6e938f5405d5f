import { Running } from '../integration/cli/ostiary.js';
import type { Folder } from '../integration/config/folder.js';
import { freePorts } from '../support/free-ports.js';
import { ISSUER, type TestServer, testSettings } from '../support/server.js';

const page = (name: string): string => `http://ui.example/${name}`;

/** The built program in a separate process. */
export async function startProcess(dsn: string, settings: object, folder: Folder): Promise<TestServer> {
  const [onPublic = 0, onAdmin = 0] = await freePorts(2);
  const listener = (port: number): object => ({ host: '127.0.0.1', port });
  const all = {
    ...testSettings(dsn, {
      urls: {
        ...{ self: { issuer: ISSUER }, login: page('login'), consent: page('consent') },
        ...{ logout: page('logout'), error: page('error'), device: { verification: page('device') } },
      },
      oidc: { dynamic_client_registration: { enabled: true } },
      ...settings,
    }),
    serve: { public: listener(onPublic), admin: listener(onAdmin) },
    log: { level: 'info' },
  };
  const file = folder.write(`${String(onPublic)}.json`, JSON.stringify(all));
  const child = new Running(['serve', 'all', '--dev', '-c', file], {});
  for (const name of ['public', 'admin']) await child.says(`The ${name} listener is open on`);
  return {
    public: `http://127.0.0.1:${String(onPublic)}`,
    admin: `http://127.0.0.1:${String(onAdmin)}`,
    stop: async () => {
      child.signal('SIGTERM');
      await child.ended;
    },
  };
}
