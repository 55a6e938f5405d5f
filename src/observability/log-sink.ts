import cluster from 'node:cluster';
import { type DestinationStream, pino } from 'pino';

/** Provider token of where log lines go. */
export const LOG_SINK = Symbol('LOG_SINK');

const BUFFER_BYTES = 8_192;
const FLUSH_EVERY_MS = 100;
/** POSIX: what several processes write to one pipe is cut into by others only beyond PIPE_BUF (4096 on Linux). */
const SHARED = { minLength: 2_048, maxWrite: 4_096 };

/** Standard output, a moment late: one system call for many lines. What is left is written when the process exits. */
export function standardOutput(): DestinationStream {
  const size = cluster.isWorker ? SHARED : { minLength: BUFFER_BYTES };
  return pino.destination({ dest: 1, sync: false, periodicFlush: FLUSH_EVERY_MS, ...size });
}
