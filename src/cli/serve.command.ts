import type { Command } from 'commander';
import type { Configuration } from '../config/configuration.js';
import type { ConfigurationSources } from '../config/load-configuration.js';
import { CommandFailed } from './command-failed.js';
import { showHelpWithoutArguments } from './command-group.js';
import { filesOf, hasFlag, withConfigurationFiles } from './configuration-files.js';
import { runUntilSignal, type Stoppable } from './run-until-signal.js';
import type { Plan } from './workers/primary.js';

type Listeners = ('public' | 'admin' | 'mtls')[];

const COMMANDS: { name: string; description: string; listeners: Listeners }[] = [
  { name: 'all', description: 'serve the public and the admin API', listeners: ['public', 'admin'] },
  { name: 'public', description: 'serve the public API alone', listeners: ['public'] },
  { name: 'admin', description: 'serve the admin API alone', listeners: ['admin'] },
];

/** They take another process, and a start may have little CPU: they wait until it is over. */
const COPIES_AFTER_MS = 3_000;

export function serveCommand(serve: Command): void {
  showHelpWithoutArguments(withFlags(serve));
  for (const { name, description, listeners } of COMMANDS) {
    const command = withFlags(serve.command(name).description(description));
    command.action(() => runUntilSignal((ending) => start(command, listeners, ending)));
  }
}

function withFlags(command: Command): Command {
  return withConfigurationFiles(command)
    .option('--dev', 'development mode: an http issuer is allowed, cookies need not be Secure')
    .option('--sqa-opt-out', 'accepted and without effect: no telemetry is sent');
}

async function start(command: Command, asked: Listeners, ending: AbortSignal): Promise<Stoppable> {
  const sources = { files: filesOf(command), dev: hasFlag(command, 'dev') };
  const { takeSnapshot } = await import('../config/file-snapshot.js');
  const snapshot = takeSnapshot(sources);
  const { configuration, made } = await withOwnCertificates(await configurationFrom(sources), asked);
  if (configuration.dsn === 'memory' && asked.length < 2) {
    throw new CommandFailed('dsn memory belongs to one process: use "serve all", or configure PostgreSQL.');
  }
  const warnings = [...(await ignoredOf(configuration)), ...made];
  const listeners = withMutualTls(asked, configuration);
  const plan = { configuration, listeners, sources, snapshot, warnings };
  if (configuration.serve.workers === 1) return startAlone(plan);
  const { startWorkers } = await import('./workers/primary.js');
  return startWorkers(plan, ending);
}

/** The listener for mutual TLS belongs to the public API. */
function withMutualTls(asked: Listeners, { serve }: Configuration): Listeners {
  return asked.includes('public') && serve.mtls.enabled ? [...asked, 'mtls'] : asked;
}

async function startAlone({ configuration, listeners, sources, snapshot, warnings }: Plan): Promise<Stoppable> {
  const { startServer } = await import('../server.js');
  const server = await startServer({ configuration, listeners });
  const { Logger } = await import('@nestjs/common');
  const log = new Logger('Configuration');
  for (const warning of warnings) log.warn(warning);
  const { ConfigWatcher } = await import('../config/config-watcher.js');
  new ConfigWatcher(server.config, sources, log, snapshot).start();
  setTimeout(() => void server.acceptOnCopies(), COPIES_AFTER_MS).unref();
  return server;
}

/** Checks everything before a secret is generated. */
async function configurationFrom(sources: ConfigurationSources): Promise<Configuration> {
  const { readConfiguration } = await import('../config/load-configuration.js');
  const draft = readConfiguration(sources);
  if (!draft.embedded || !draft.needsSecret) return draft.complete();
  const { embeddedSecret } = await import('../database/system-secret.js');
  const { randomText } = await import('../crypto/random.js');
  const { temporary, dataDir } = draft.embedded;
  return draft.complete(temporary ? randomText() : await embeddedSecret(dataDir));
}

/** All workers share one certificate; otherwise each connection could show a different one. */
async function withOwnCertificates(
  configuration: Configuration,
  listeners: Listeners,
): Promise<{ configuration: Configuration; made: string[] }> {
  const { needsCertificate } = await import('../config/listener-tls.js');
  if (!listeners.some((name) => needsCertificate(configuration.serve[name]))) return { configuration, made: [] };
  const { ownCertificates } = await import('../http/listener/tls/own-certificates.js');
  return ownCertificates(configuration, listeners, new Date());
}

async function ignoredOf(configuration: Configuration): Promise<string[]> {
  const { ignoredKeys } = await import('../config/ignored-keys.js');
  const ignored = ignoredKeys(configuration).map(({ key, reason }) => `${key} (${reason})`);
  return ignored.length === 0 ? [] : [`These keys have no effect: ${ignored.join('; ')}`];
}
