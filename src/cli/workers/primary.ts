/**
 * The primary of several processes (`serve.workers`). It serves no requests and loads nothing of the application. It
 * starts the workers, sends them their configuration, replaces one that dies, and exits with them. It owns the embedded
 * PostgreSQL, reads the configuration files and handles signals.
 *
 * The first worker starts alone: a problem at the start (a port, the database) is reported once, and the first rows of a
 * new database are written once. When it serves, the others follow.
 */
import cluster, { type Worker } from 'node:cluster';
import { ConfigHolder } from '../../config/config-holder.js';
import { ConfigWatcher, type ReloadLog } from '../../config/config-watcher.js';
import type { Configuration } from '../../config/configuration.js';
import { parseDsn } from '../../config/dsn.js';
import type { FileSnapshot, WatchedSources } from '../../config/file-snapshot.js';
import { type EmbeddedPostgres, startConfiguredPostgres } from '../../database/embedded-postgres.js';
import { assertFree } from '../../http/listener/assert-free.js';
import type { ListenerName } from '../../http/exchange/exchange.js';
import { openLine } from '../../http/listener/listen.js';
import type { Ending } from '../../http/listener/ending.js';
import { standardOutput } from '../../observability/log-sink.js';
import { createLogger } from '../../observability/logger.js';
import { CommandFailed } from '../command-failed.js';
import type { Stoppable } from '../run-until-signal.js';
import { WorkerMetrics } from './worker-metrics.js';
import { tell, type ToPrimary } from './messages.js';
import { possibleWorkers, shareOf } from './shares.js';

/** A worker that dies is replaced. Two deaths within this time have a cause that a new worker does not remove. */
const DEATHS_WITHIN_MS = 10_000;
/** Time beyond `serve.shutdown`, for the resources that a worker closes after its listeners. */
const STOP_MARGIN_MS = 15_000;
/** This process creates sockets on disk, which a worker then opens to others. It creates no other files. */
const SOCKET_UMASK = 0o177;

export interface Plan {
  configuration: Configuration;
  listeners: ListenerName[];
  sources: WatchedSources;
  snapshot: FileSnapshot;
  /** Messages about the configuration for the operator. */
  warnings: readonly string[];
}

/**
 * Resolves when the first worker serves.
 * @param ending resolves when the server is to end: from then on no worker is replaced
 * @throws CommandFailed with the reason why the first worker cannot start
 */
export async function startWorkers(plan: Plan, ending: AbortSignal): Promise<Stoppable> {
  await assertFree(plan.listeners, plan.configuration);
  const embedded = await startConfiguredPostgres(plan.configuration);
  const primary = new Primary(plan, ending, embedded);
  try {
    await primary.start();
    return primary;
  } catch (error) {
    await primary.stop();
    throw error;
  }
}

class Primary implements Stoppable {
  readonly failed: Promise<never>;
  private readonly config: ConfigHolder;
  private readonly dsn: string;
  private readonly count: number;
  private readonly umask = process.umask(SOCKET_UMASK);
  private readonly log: ReloadLog;
  private readonly workerMetrics = new WorkerMetrics();
  /** Workers by place: a worker that replaces another takes over its share. */
  private readonly workers = new Map<number, Worker>();
  private readonly serving = new Set<Worker>();
  private watcher: ConfigWatcher | undefined;
  private deaths: number[] = [];
  private stopping = false;
  private fail: (error: Error) => void = () => undefined;
  private opened: () => void = () => undefined;

  constructor(
    private readonly plan: Plan,
    private readonly ending: AbortSignal,
    private readonly embedded: EmbeddedPostgres | undefined,
  ) {
    const { configuration } = plan;
    this.dsn = embedded?.dsn ?? configuration.dsn ?? '';
    this.config = new ConfigHolder({ ...configuration, dsn: this.dsn });
    this.count = possibleWorkers(configuration, this.dsn);
    this.log = programLog(configuration);
    this.failed = new Promise((_, reject) => (this.fail = reject));
    this.failed.catch(() => undefined);
  }

  async start(): Promise<void> {
    this.tellOfConfiguration();
    cluster.setupPrimary({ args: ['worker'], serialization: 'advanced' }); // main.ts does not need the argument; ps shows it
    process.on('exit', () => {
      this.killAll();
    });
    process.on('SIGHUP', () => {
      for (const worker of this.workers.values()) tell(worker, { kind: 'hangup' });
    });
    const first = new Promise<void>((resolve) => (this.opened = resolve));
    this.fork(0);
    await Promise.race([first, this.failed]);
    this.watch();
    for (let place = 1; place < this.count; place++) this.fork(place);
  }

  /** Resolves when no worker is left. A worker that hangs is killed after its time. */
  async stop(ending: Ending = 'prompt'): Promise<void> {
    this.stopping = true;
    this.watcher?.close();
    const { delay, timeout } = this.plan.configuration.serve.shutdown;
    const gone = [...this.workers.values()].map(ended);
    for (const worker of this.workers.values()) tell(worker, { kind: 'stop', ending });
    const tooLate = setTimeout(
      () => {
        this.log.error('Workers that did not end in time are killed.');
        this.killAll();
      },
      (delay + timeout) * 1_000 + STOP_MARGIN_MS,
    );
    await Promise.all(gone);
    clearTimeout(tooLate);
    await this.embedded?.stop();
  }

  private tellOfConfiguration(): void {
    const { configuration, warnings } = this.plan;
    for (const warning of [...parseDsn(this.dsn).warnings, ...warnings]) this.log.warn(warning);
    const { workers } = configuration.serve;
    if (this.count === workers) return;
    this.log.warn(`serve.workers is ${workers}, and max_conns of the dsn ${this.count}: so many workers serve.`);
  }

  private fork(place: number): void {
    const worker = cluster.fork();
    this.workers.set(place, worker);
    worker.on('message', (message: ToPrimary) => {
      this.heard(worker, place, message);
    });
    worker.on('error', (error) => {
      this.log.error(`Worker ${worker.id}: ${error.message}`);
    });
    worker.on('exit', (code, signal) => {
      this.left(worker, place, signal || `code ${code}`);
    });
  }

  private welcome(worker: Worker, place: number): void {
    if (this.stopping) worker.process.kill('SIGKILL'); // it has no requests in progress
    const { listeners } = this.plan;
    const migrate = this.embedded !== undefined && place === 0;
    tell(worker, { kind: 'start', configuration: this.share(place), listeners, migrate, umask: this.umask });
  }

  private share(index: number): Configuration {
    return shareOf(this.config.current, this.dsn, { index, of: this.count });
  }

  private heard(worker: Worker, place: number, message: ToPrimary): void {
    switch (message.kind) {
      case 'here':
        this.welcome(worker, place);
        break;
      case 'open':
        this.serves(worker, message.addresses);
        break;
      case 'failed':
        if (this.serving.size > 0) this.log.error(`Worker ${worker.id} could not start: ${message.text}`);
        else this.fail(new CommandFailed(message.text));
        break;
      case 'ask':
        void this.gather(worker, message);
        break;
      case 'measured':
        this.workerMetrics.answered(worker, message.id, message.measured);
        break;
      case 'closing':
        release(worker);
    }
  }

  private serves(worker: Worker, addresses: [name: ListenerName, address: string][]): void {
    if (this.serving.size === 0) for (const [name, address] of addresses) this.log.log(openLine(name, address));
    this.serving.add(worker);
    this.opened();
    if (this.serving.size === this.count) this.log.log(`${this.count} workers serve.`);
  }

  private async gather(asker: Worker, { id, measured }: Extract<ToPrimary, { kind: 'ask' }>): Promise<void> {
    const others = [...this.serving].filter((worker) => worker !== asker);
    tell(asker, { kind: 'measured', id, measured: await this.workerMetrics.ask(asker, measured, others) });
  }

  private watch(): void {
    const { sources, snapshot } = this.plan;
    this.watcher = new ConfigWatcher(this.config, sources, this.log, snapshot);
    this.watcher.on('reload', ({ outcome }) => {
      if (outcome === 'refused') return;
      for (const [place, worker] of this.workers) {
        tell(worker, { kind: 'configuration', configuration: this.share(place) });
      }
    });
    this.watcher.start();
  }

  private left(worker: Worker, place: number, how: string): void {
    this.serving.delete(worker);
    this.workerMetrics.forget(worker);
    if (this.stopping || this.ending.aborted) return;
    const now = performance.now();
    this.deaths = [...this.deaths.filter((at) => now - at < DEATHS_WITHIN_MS), now];
    this.log.error(`Worker ${worker.id} (process ${worker.process.pid ?? 0}) ended unasked: ${how}.`);
    if (this.deaths.length < 2) this.fork(place);
    else void this.giveUp();
  }

  private async giveUp(): Promise<void> {
    await this.stop();
    this.fail(
      new CommandFailed(`Two workers ended unasked within ${DEATHS_WITHIN_MS / 1_000} seconds: the log says how.`),
    );
  }

  private killAll(): void {
    for (const worker of this.workers.values()) worker.process.kill('SIGKILL');
  }
}

/**
 * A worker that closes its listeners itself may refuse a connection that is being passed to it. When all do, node:cluster
 * has nobody left to pass it to, and neither closes nor forgets it (nodejs/node#21746). Therefore the primary takes the
 * worker off the list of those that get connections. Connections passed before arrive before the reply, while the
 * listeners are open. node:cluster then closes the listeners, and the channel when their last connection has ended.
 */
function release(worker: Worker): void {
  worker.disconnect();
  tell(worker, { kind: 'released' });
}

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.isDead()) resolve();
    worker.once('exit', () => {
      resolve();
    });
  });
}

function programLog({ log }: Configuration): ReloadLog {
  const logger = createLogger(log, standardOutput()).child({ context: 'Workers' });
  return {
    log: (text) => {
      logger.info(text);
    },
    warn: (text) => {
      logger.warn(text);
    },
    error: (text) => {
      logger.error(text);
    },
  };
}
