interface Stoppable {
  stop(): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs a server until SIGINT or SIGTERM, and ends the process with 0 when it has stopped. A second signal ends it at once
 * with 1; a signal during the start, at once with 0.
 * @throws what the start throws
 */
export async function runUntilSignal(start: () => Promise<Stoppable>): Promise<void> {
  const signal = firstSignal();
  const server = await Promise.race([start(), signal]);
  if (server) {
    await signal;
    await server.stop();
  }
  process.exit(0);
}

function firstSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    let seen = false;
    for (const name of SIGNALS) {
      process.on(name, () => {
        if (seen) process.exit(1);
        seen = true;
        resolve(undefined);
      });
    }
  });
}
