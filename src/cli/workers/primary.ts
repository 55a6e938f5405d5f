/**
 * The first of several processes (`serve.workers`). It serves nothing itself and loads nothing of the application: it
 * starts the workers, hands them what they need to know, replaces one that dies, and ends with them. The embedded
 * PostgreSQL, the configuration files and the signals are in its hand.
 *
 * The first worker starts alone: what is in its way (a port, the database) is told once, and what it makes in a new
 * database is made once. When it serves, the others follow.
 */
import cluster, { type Worker } from 'node:cluster';
import { ConfigHolder } from '../../config/config-holder.js';
import { ConfigWatcher, type ReloadLog } from '../../config/config-watcher.js';
import type { Configuration } from '../../config/configuration.js';
import { parseDsn } from '../../config/dsn.js';
import type { FileSnapshot, WatchedSources } from '../../config/file-snapshot.js';
import { type EmbeddedPostgres, startConfiguredPostgres } from '../../database/embedded-postgres.js';
import { assertFree } from '../../http/assert-free.js';
import type { ListenerName } from '../../http/exchange.js';
import { openLine } from '../../http/listen.js';
import { standardOutput } from '../../observability/log-sink.js';
import { createLogger } from '../../observability/logger.js';
import { CommandFailed } from '../command-failed.js';
import type { Stoppable } from '../run-until-signal.js';
import { Gathering } from './gathering.js';
import type { ToPrimary } from './messages.js';
import { possibleWorkers, shareOf } from './shares.js';
import { tell } from './tell.js';

/** A worker that dies is replaced; when two do within this time something is wrong that a new one does not heal. */
const DEATHS_WITHIN_MS = 10_000;
/** Beyond `serve.shutdown`: for what a worker lets go of after its listeners. */
const STOP_MARGIN_MS = 15_000;
/** It is here that a socket on disk is made, which a worker then opens to others. Nothing else is made by this process. */
const SOCKET_UMASK = 0o177;

export interface Plan {
  configuration: Configuration;
  listeners: ListenerName[];
  sources: WatchedSources;
  snapshot: FileSnapshot;
  /** Names the keys without effect, where there are any. */
  ignored?: string;
}

/**
 * Resolves when the first worker serves.
 * @param ending the end was asked for: nobody is replaced any more
 * @throws CommandFailed why the first worker cannot start
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
  private readonly gathering = new Gathering();
  /** By place: whoever takes the place of another has its share. */
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
    cluster.setupPrimary({ args: ['worker'], serialization: 'advanced' }); // main.ts knows by itself; the word is for ps
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

  /** Resolves when no worker is left. One that hangs is not waited for beyond its time. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.watcher?.close();
    const { delay, timeout } = this.plan.configuration.serve.shutdown;
    const gone = [...this.workers.values()].map(ended);
    for (const worker of this.workers.values()) tell(worker, { kind: 'stop' });
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
    const { configuration, ignored } = this.plan;
    for (const warning of parseDsn(this.dsn).warnings) this.log.warn(warning);
    if (ignored !== undefined) this.log.warn(ignored);
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
    if (this.stopping) worker.process.kill('SIGKILL'); // it has nothing in hand
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
        this.gathering.answered(worker, message.id, message.measured);
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
    tell(asker, { kind: 'measured', id, measured: await this.gathering.ask(asker, measured, others) });
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
    this.gathering.forget(worker);
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
 * A worker that closes by itself may refuse a connection that is on its way to it. When all do, node:cluster has nobody
 * left to give it to, and neither closes nor forgets it (nodejs/node#21746). Therefore it is here that a worker is taken
 * from those that get connections: what was given to it before is on the channel before this word, and finds it open. Its
 * listeners are then closed by node:cluster, which cuts the channel when their last connection has ended.
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
