import cluster from 'node:cluster';
import { type DestinationStream, pino } from 'pino';

/** Provider token of the stream for log lines. */
export const LOG_SINK = Symbol('LOG_SINK');

const BUFFER_BYTES = 8_192;
const FLUSH_EVERY_MS = 100;
/** POSIX: several processes may write to one pipe without mixing their lines up to PIPE_BUF (4096 on Linux). */
const SHARED = { minLength: 2_048, maxWrite: 4_096 };

/** Standard output with a short delay: one system call for many lines. The rest is written when the process exits. */
export function standardOutput(): DestinationStream {
  const size = cluster.isWorker ? SHARED : { minLength: BUFFER_BYTES };
  return pino.destination({ dest: 1, sync: false, periodicFlush: FLUSH_EVERY_MS, ...size });
}
