import { setTimeout as sleep } from 'node:timers/promises';
import type { Ending } from '../http/listener/ending.js';

export interface Stoppable {
  stop(ending: Ending): Promise<void>;
  /** Rejects when the server cannot continue. */
  failed?: Promise<never>;
}

/** An operator who presses Ctrl-C is waiting; a supervisor restarts one of several servers under load. */
const SIGNALS = { SIGINT: 'prompt', SIGTERM: 'gentle' } as const;
/** A start that is nearly complete at the signal ends properly; a start that waits for a database is cut off. */
const START_GRACE_MS = 2_000;

/**
 * Runs a server until SIGINT or SIGTERM, and exits with 0 when it has stopped. A second signal exits at once with 1.
 * @param start is notified when the signal arrives
 * @throws errors of the start, and the reason why the server could not continue
 */
export function runUntilSignal(start: (ending: AbortSignal) => Promise<Stoppable>): Promise<void> {
  const ending = new AbortController();
  return runUntil(firstSignal(ending), () => start(ending.signal));
}

/** Runs a server until `end` resolves, and exits with 0 when it has stopped. @throws as above */
export async function runUntil(end: Promise<Ending>, start: () => Promise<Stoppable>): Promise<void> {
  const server = await Promise.race([start(), end.then(() => sleep(START_GRACE_MS))]);
  if (server) await server.stop(await Promise.race([end, ...(server.failed ? [server.failed] : [])]));
  process.exit(0);
}

function firstSignal(ending: AbortController): Promise<Ending> {
  return new Promise((resolve) => {
    for (const [name, kind] of Object.entries(SIGNALS)) {
      process.on(name, () => {
        if (ending.signal.aborted) process.exit(1);
        ending.abort();
        resolve(kind);
      });
    }
  });
}
