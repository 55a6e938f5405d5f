import type { Command } from 'commander';
import type { Api } from '../api/api.js';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { commaList } from '../input/comma-list.js';
import { ClientRequests } from '../token/client-requests.js';
import { credentialsOf, withClientCredentials } from '../token/token-flags.js';
import { tokenRow } from '../token/token-listing.js';
import { askForCodes, pollForTokens } from './device-requests.js';
import { localPort } from './local-port.js';

interface DeviceFlags {
  scope?: string[];
  audience?: string[];
  resource?: string[];
  deviceAuthUrl?: string;
  tokenUrl?: string;
  port?: number;
  host?: string;
}

export function performDeviceCode(verb: Command): void {
  const command = verb
    .command('device-code')
    .description('run the device flow: print an address, wait for the person, and print the tokens')
    .option('--scope <list>', 'scopes to ask for (default: offline,openid)', commaList)
    .option('--audience <list>', 'audiences to ask for', commaList)
    .option('--resource <list>', 'resources to ask for (RFC 8707)', commaList)
    .option('--device-auth-url <url>', 'device authorization endpoint (default: /oauth2/device/auth of the endpoint)')
    .option('--token-url <url>', 'token endpoint (default: /oauth2/token of the endpoint)')
    .option(
      '-p, --port <number>',
      'serve a verification page for trials at /device on this port (default: none)',
      localPort,
    )
    .option('--host <host>', 'address that the page listens on (default: 127.0.0.1, this machine alone)');
  withRemote(withClientCredentials(command)).action(() => run(command));
}

async function run(command: Command): Promise<void> {
  const credentials = credentialsOf(command);
  const flags = flagsOf<DeviceFlags>(command);
  const { scope = ['offline', 'openid'], audience = [], resource = [] } = flags;
  const api = apiOf(command);
  const client = new ClientRequests(api, credentials);
  const page = await verificationPage(api, flags);
  try {
    const form = { client_id: credentials.id, scope: scope.join(' '), audience: audience.join(' '), resource };
    const codes = await askForCodes(client, api.url(flags.deviceAuthUrl ?? '/oauth2/device/auth'), form);
    const address = codes.verification_uri_complete ?? codes.verification_uri;
    process.stderr.write(`Open ${address} in a browser and check that it shows the code ${codes.user_code}.\n`);
    const tokens = await pollForTokens(client, api.url(flags.tokenUrl ?? '/oauth2/token'), codes);
    await show(command, tokenRow(tokens));
  } finally {
    await page?.stop();
  }
}

async function verificationPage(
  api: Api,
  { port = -1, host = '127.0.0.1' }: DeviceFlags,
): Promise<{ stop(): Promise<void> } | undefined> {
  if (port < 0) return undefined;
  const { LocalApp } = await import('./local-app.js');
  const { deviceRoutes } = await import('./device-page.js');
  const app = await LocalApp.start({ host, port, names: [], routes: deviceRoutes(api) });
  process.stderr.write(`The verification page is at http://127.0.0.1:${app.port}/device.\n`);
  return app;
}
