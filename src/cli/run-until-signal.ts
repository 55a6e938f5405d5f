import { setTimeout as sleep } from 'node:timers/promises';

export interface Stoppable {
  stop(): Promise<void>;
  /** Rejects where it cannot go on. */
  failed?: Promise<never>;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** A start that is nearly done when the signal comes is ended properly; one that waits for a database is not waited for. */
const START_GRACE_MS = 2_000;

/**
 * Runs a server until SIGINT or SIGTERM, and ends the process with 0 when it has stopped. A second signal ends it at once
 * with 1.
 * @param start is told when the signal comes
 * @throws what the start throws, and why the server could not go on
 */
export function runUntilSignal(start: (ending: AbortSignal) => Promise<Stoppable>): Promise<void> {
  const ending = new AbortController();
  return runUntil(firstSignal(ending), () => start(ending.signal));
}

/** Runs a server until it is to end, and ends the process with 0 when it has stopped. @throws as above */
export async function runUntil(end: Promise<void>, start: () => Promise<Stoppable>): Promise<void> {
  const server = await Promise.race([start(), end.then(() => sleep(START_GRACE_MS))]);
  if (server) {
    await Promise.race([end, ...(server.failed ? [server.failed] : [])]);
    await server.stop();
  }
  process.exit(0);
}

function firstSignal(ending: AbortController): Promise<void> {
  return new Promise((resolve) => {
    for (const name of SIGNALS) {
      process.on(name, () => {
        if (ending.signal.aborted) process.exit(1);
        ending.abort();
        resolve();
      });
    }
  });
}
