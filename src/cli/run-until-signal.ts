import { setTimeout as sleep } from 'node:timers/promises';

interface Stoppable {
  stop(): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** A start that is nearly done when the signal comes is ended properly; one that waits for a database is not waited for. */
const START_GRACE_MS = 2_000;

/**
 * Runs a server until SIGINT or SIGTERM, and ends the process with 0 when it has stopped. A second signal ends it at once
 * with 1.
 * @throws what the start throws
 */
export async function runUntilSignal(start: () => Promise<Stoppable>): Promise<void> {
  const signal = firstSignal();
  const server = await Promise.race([start(), signal.then(() => sleep(START_GRACE_MS))]);
  if (server) {
    await signal;
    await server.stop();
  }
  process.exit(0);
}

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let seen = false;
    for (const name of SIGNALS) {
      process.on(name, () => {
        if (seen) process.exit(1);
        seen = true;
        resolve();
      });
    }
  });
}
