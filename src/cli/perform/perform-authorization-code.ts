import { type Command, InvalidArgumentError } from 'commander';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { webAddress } from '../api/api.js';
import { commaList } from '../input/comma-list.js';
import { ClientRequests } from '../token/client-requests.js';
import { credentialsOf, withClientCredentials } from '../token/token-flags.js';
import { tokenRow } from '../token/token-listing.js';
import type { AuthorizationRequests, AuthorizationSettings } from './authorization-requests.js';
import type { Outcome } from './code-app.js';
import type { LocalApp } from './local-app.js';
import { localPort } from './local-port.js';

interface CodeFlags {
  port?: number;
  host?: string;
  scope?: string[];
  prompt?: string[];
  audience?: string[];
  resource?: string[];
  maxAge?: number;
  redirect?: string;
  authUrl?: string;
  tokenUrl?: string;
  state?: string;
  responseMode?: string;
  https?: boolean;
  open?: boolean;
  shutdown?: boolean;
  skip?: boolean;
}

export function performAuthorizationCode(verb: Command): void {
  const command = verb
    .command('authorization-code')
    .description('run the authorization code flow with a web app on this machine, and print the tokens')
    .option('-p, --port <number>', 'port of the app (default: 4446)', localPort)
    .option('--host <host>', 'address that the app listens on (default: 127.0.0.1, this machine alone)')
    .option('--scope <list>', 'scopes to ask for (default: offline,openid)', commaList)
    .option('--prompt <list>', 'prompt of the request', commaList)
    .option('--audience <list>', 'audiences to ask for', commaList)
    .option('--resource <list>', 'resources to ask for (RFC 8707)', commaList)
    .option('--max-age <seconds>', 'how old a login may be; -1: of any age', wholeNumber)
    .option('--redirect <url>', 'redirect URI (default: /callback of the app)')
    .option('--auth-url <url>', 'authorization endpoint (default: /oauth2/auth of the endpoint)')
    .option('--token-url <url>', 'token endpoint (default: /oauth2/token of the endpoint)')
    .option('--state <text>', 'state of the request (default: random)')
    .option('--response-mode <mode>', 'query or form_post')
    .option('--https', 'serve the app over https, with a certificate of its own making')
    .option('--no-open', 'open no browser')
    .option('--no-shutdown', 'go on after the first result')
    .option('--skip', 'the login and consent pages ask nobody who need not be asked');
  withRemote(withClientCredentials(command)).action(() => run(command));
}

async function run(command: Command): Promise<void> {
  const client = new ClientRequests(apiOf(command), credentialsOf(command));
  const flags = flagsOf<CodeFlags>(command);
  const { port = 4446, https = false } = flags;
  const origin = `${https ? 'https' : 'http'}://127.0.0.1:${port}`;
  const settings = settingsOf(command, flags.redirect ?? `${origin}/callback`);
  const { AuthorizationRequests } = await import('./authorization-requests.js');
  const { outcome, ended } = outcomes(command, flags.shutdown ?? true);
  const app = await startApp(command, { ...flags, port }, new AuthorizationRequests(settings, client), {
    redirect: new URL(settings.redirectUri),
    ended,
  });
  process.stderr.write(`Open ${origin}/ in a browser to begin.\n`);
  if (flags.open ?? true) (await import('./open-browser.js')).openBrowser(`${origin}/`);
  await outcome;
  await app.stop();
}

function settingsOf(command: Command, redirectUri: string): AuthorizationSettings {
  const api = apiOf(command);
  const flags = flagsOf<CodeFlags>(command);
  webAddress(redirectUri);
  return {
    clientId: credentialsOf(command).id,
    authUrl: api.url(flags.authUrl ?? '/oauth2/auth'),
    tokenUrl: api.url(flags.tokenUrl ?? '/oauth2/token'),
    redirectUri,
    scope: flags.scope ?? ['offline', 'openid'],
    parameters: parametersOf(flags),
    state: flags.state,
  };
}

async function startApp(
  command: Command,
  { port, host = '127.0.0.1', https, skip = false }: CodeFlags & { port: number },
  requests: AuthorizationRequests,
  { redirect, ended }: { redirect: URL; ended: (outcome: Outcome) => void },
): Promise<LocalApp> {
  const { codeRoutes } = await import('./code-app.js');
  const { LocalApp } = await import('./local-app.js');
  const names = [redirect.hostname];
  const tls = https === true ? await certificate(names) : undefined;
  const routes = codeRoutes({ requests, api: apiOf(command), skip, callback: redirect.pathname, ended });
  return LocalApp.start({ host, port, tls, names, routes });
}

/** Prints each result; `outcome` resolves with the first one, unless the app continues. */
function outcomes(command: Command, shutdown: boolean): { outcome: Promise<void>; ended: (outcome: Outcome) => void } {
  let first: (value: Promise<void>) => void = () => undefined;
  const outcome = new Promise<void>((resolve) => (first = resolve));
  const ended = (found: Outcome): void => {
    const printed = print(command, found);
    if (shutdown) first(printed);
  };
  return { outcome, ended };
}

/** As in Hydra, an error response of the server is a result: it is printed on stderr and does not fail the command. */
async function print(command: Command, outcome: Outcome): Promise<void> {
  if ('tokens' in outcome) await show(command, tokenRow(outcome.tokens));
  else process.stderr.write(`${outcome.failure}\n`);
}

function parametersOf({
  prompt = [],
  audience = [],
  resource,
  maxAge = -1,
  responseMode,
}: CodeFlags): AuthorizationSettings['parameters'] {
  return {
    prompt: prompt.join(' '),
    audience: audience.join(' '),
    resource,
    max_age: maxAge < 0 ? undefined : String(maxAge),
    response_mode: responseMode,
  };
}

async function certificate(names: string[]): Promise<{ key: string; cert: string }> {
  const { selfSignedCertificate } = await import('../../crypto/self-signed-certificate.js');
  return selfSignedCertificate({ commonName: 'ostiary perform', hosts: names, days: 7 }, new Date());
}

function wholeNumber(text: string): number {
  if (/^(-1|\d{1,9})$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number of seconds, or -1.');
}
