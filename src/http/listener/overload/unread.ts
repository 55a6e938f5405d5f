/**
 * How long bytes may have been unread. The event loop polls its connections once per turn: input that arrives while it is
 * busy waits, and nobody can tell for how long. Input that arrives while it is idle is read at once.
 */
import { performance } from 'node:perf_hooks';

/** The loop is sampled at this interval without input too: otherwise its work since the last request would count. */
const SAMPLE_EVERY_MS = 50;

/** The total busy time of the loop in milliseconds, as sampled in the previous turn and in this one. */
let before = 0;
let now = 0;
let isSameTurn = false;

/** How many milliseconds the input that is being read now may have waited at most. To be called while a request is read. */
export function unreadFor(): number {
  return sample() - before;
}

/** Does not keep the process alive. Timers run before the loop polls: input of a later turn arrives after this sample. */
setInterval(sample, SAMPLE_EVERY_MS).unref();

function sample(): number {
  const { active } = performance.eventLoopUtilization();
  if (isSameTurn) return active;
  isSameTurn = true;
  before = now;
  now = active;
  setImmediate(() => {
    isSameTurn = false;
  });
  return active;
}
