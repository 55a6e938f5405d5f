/**
 * One of several processes that serve together, which the first one (primary.ts) forks. It is a server like any other,
 * only that configuration, signals and end come from the first one. When that is gone, node:cluster ends it at once.
 */
import cluster from 'node:cluster';
import { deepFreeze } from '../../config/tree.js';
import type { Configuration } from '../../config/configuration.js';
import type { Measured } from '../../observability/measured.js';
import type { Fellows, RunningServer } from '../../server.js';
import { failureText } from '../failure-text.js';
import { runUntil } from '../run-until-signal.js';
import type { Start, ToPrimary, ToWorker } from './messages.js';

let server: RunningServer | undefined;
/** One that came before the server was there. */
let newer: Configuration | undefined;
let stop: () => void = () => undefined;
const end = new Promise<void>((resolve) => (stop = resolve));
let goOn: () => void = () => undefined;
const released = new Promise<void>((resolve) => (goOn = resolve));
const fellows: Fellows = { together: askForAll, release };
const questions = new Map<number, (measured: Measured[]) => void>();
let asked = 0;

/** Ctrl-C, and whoever ends a whole group, reaches the workers too: they wait for the word of the first process. */
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);

/** Asked for, and without anything in hand, its listeners may be closed before the word of it arrives. */
process.on('disconnect', () => {
  goOn();
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
      stop();
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
      goOn();
  }
});

tell({ kind: 'here' });

async function serve({ configuration, listeners, migrate, umask }: Start): Promise<RunningServer> {
  process.umask(umask);
  const application = await import('../../server.js');
  if (migrate) await application.migrate(configuration.dsn ?? '');
  const opened = await application.openServer({ configuration: deepFreeze(configuration), listeners, fellows });
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
