/** What the first process and its workers tell one another, over the channel of node:cluster. */
import type { Configuration } from '../../config/configuration.js';
import type { ListenerName } from '../../http/exchange.js';
import type { Measured } from '../../observability/measured.js';

/** The answer to `here`. */
export interface Start {
  kind: 'start';
  /** Its own share of what is shared out. */
  configuration: Configuration;
  listeners: ListenerName[];
  /** Whether the database is the embedded one, and nobody has migrated it yet. */
  migrate: boolean;
  /** That of the operator: the first process may have another one. */
  umask: number;
}

export type ToWorker =
  | Start
  | { kind: 'configuration'; configuration: Configuration }
  /** Answer what is in flight, and end. */
  | { kind: 'stop' }
  /** SIGHUP came. */
  | { kind: 'hangup' }
  | { kind: 'measure'; id: number }
  /** The answer to `ask`: this process is among them. */
  | { kind: 'measured'; id: number; measured: Measured[] }
  /** The answer to `closing`. */
  | { kind: 'released' };

export type ToPrimary =
  /** It listens: what was said before is lost. */
  | { kind: 'here' }
  | { kind: 'open'; addresses: [name: ListenerName, address: string][] }
  /** It could not start; the text is for the operator. */
  | { kind: 'failed'; text: string }
  /** This one has measured this: what have all? */
  | { kind: 'ask'; id: number; measured: Measured }
  | { kind: 'measured'; id: number; measured: Measured }
  /** It is about to close its listeners. */
  | { kind: 'closing' };
