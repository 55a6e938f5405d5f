/**
 * One of several worker processes, which the primary (primary.ts) forks. It is a server like any other, but takes its
 * configuration, its signals and its end from the primary. When the primary exits, node:cluster ends the worker at once.
 */
import cluster from 'node:cluster';
import { deepFreeze } from '../../config/deep-freeze.js';
import type { Configuration } from '../../config/configuration.js';
import type { Ending } from '../../http/listener/ending.js';
import type { Measured } from '../../observability/measured.js';
import type { WorkerPeers, RunningServer } from '../../server.js';
import { failureText } from '../failure-text.js';
import { runUntil } from '../run-until-signal.js';
import type { Start, ToPrimary, ToWorker } from './messages.js';

let server: RunningServer | undefined;
/** A configuration that arrived before the server was open. */
let newer: Configuration | undefined;
let stop: (ending: Ending) => void = () => undefined;
const end = new Promise<Ending>((resolve) => (stop = resolve));
let finishRelease: () => void = () => undefined;
const released = new Promise<void>((resolve) => (finishRelease = resolve));
const peers: WorkerPeers = { collectMetrics: askForAll, release };
const questions = new Map<number, (measured: Measured[]) => void>();
let asked = 0;

/** Ctrl-C, and a signal to the whole process group, reaches the workers too: they wait for the primary's message. */
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);

/** In a worker without connections, the listeners may be closed before the primary's reply arrives. */
process.on('disconnect', () => {
  finishRelease();
});

process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'start':
      void runUntil(end, () => serve(message)).catch(giveUp);
      break;
    case 'configuration':
      newer = deepFreeze(message.configuration);
      server?.config.replace(newer);
      break;
    case 'stop':
      stop(message.ending);
      break;
    case 'hangup':
      process.emit('SIGHUP');
      break;
    case 'measure':
      void answer(message.id);
      break;
    case 'measured':
      questions.get(message.id)?.(message.measured);
      questions.delete(message.id);
      break;
    case 'released':
      finishRelease();
  }
});

tell({ kind: 'here' });

async function serve({ configuration, listeners, migrate, umask }: Start): Promise<RunningServer> {
  process.umask(umask);
  const application = await import('../../server.js');
  if (migrate) await application.migrate(configuration.dsn ?? '');
  const opened = await application.openServer({ configuration: deepFreeze(configuration), listeners, peers });
  if (newer) opened.config.replace(newer);
  server = opened;
  tell({ kind: 'open', addresses: listeners.map((name) => [name, opened.address(name)]) });
  return opened;
}

function askForAll(measured: Measured): Promise<Measured[]> {
  return new Promise((resolve) => {
    questions.set(++asked, resolve);
    tell({ kind: 'ask', id: asked, measured });
  });
}

function release(): Promise<void> {
  tell({ kind: 'closing' });
  return released;
}

async function answer(id: number): Promise<void> {
  const measured = (await server?.metrics.measured().catch(() => undefined)) ?? [];
  tell({ kind: 'measured', id, measured });
}

function giveUp(error: unknown): void {
  tell({ kind: 'failed', text: failureText(error) }, () => process.exit(1));
}

function tell(message: ToPrimary, then: () => void = () => undefined): void {
  cluster.worker?.send(message, then);
}
