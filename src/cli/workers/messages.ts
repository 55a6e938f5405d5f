/** The messages between the primary process and its workers, over the channel of node:cluster. */
import type { Worker } from 'node:cluster';
import type { Configuration } from '../../config/configuration.js';
import type { ListenerName } from '../../http/exchange/exchange.js';
import type { Ending } from '../../http/listener/ending.js';
import type { Measured } from '../../observability/measured.js';

/** The reply to `here`. */
export interface Start {
  kind: 'start';
  /** This worker's share of connections and queues. */
  configuration: Configuration;
  listeners: ListenerName[];
  /** Whether the database is the embedded one, and has not been migrated yet. */
  migrate: boolean;
  /** The operator's umask: the primary may have a different one. */
  umask: number;
}

export type ToWorker =
  | Start
  | { kind: 'configuration'; configuration: Configuration }
  /** Finish the requests in progress, and exit. */
  | { kind: 'stop'; ending: Ending }
  /** The primary received SIGHUP. */
  | { kind: 'hangup' }
  | { kind: 'measure'; id: number }
  /** The reply to `ask`: it includes this worker. */
  | { kind: 'measured'; id: number; measured: Measured[] }
  /** The reply to `closing`. */
  | { kind: 'released' };

export type ToPrimary =
  /** The worker listens for messages: earlier ones would be lost. */
  | { kind: 'here' }
  | { kind: 'open'; addresses: [name: ListenerName, address: string][] }
  /** The worker could not start; the text is for the operator. */
  | { kind: 'failed'; text: string }
  /** The worker sends its own metrics and asks for those of all workers. */
  | { kind: 'ask'; id: number; measured: Measured }
  | { kind: 'measured'; id: number; measured: Measured }
  /** The worker is about to close its listeners. */
  | { kind: 'closing' };

/** A worker that has just exited receives nothing: its exit is handled elsewhere. */
export function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
