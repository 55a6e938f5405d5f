import { type DestinationStream, pino } from 'pino';

/** Provider token of where log lines go. */
export const LOG_SINK = Symbol('LOG_SINK');

const BUFFER_BYTES = 8_192;
const FLUSH_EVERY_MS = 100;

/** Standard output, a moment late: one system call for many lines. What is left is written when the process exits. */
export function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_EVERY_MS });
}
