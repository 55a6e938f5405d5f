/** Aborted by the first SIGINT or SIGTERM, so that the batch can end. The second one exits at once, which loses only a batch. */
export function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(1);
      process.stderr.write(`\n${signal}: the import stops after this batch. Once more ends it at once.\n`);
      stop.abort();
    });
  }
  return stop.signal;
}
