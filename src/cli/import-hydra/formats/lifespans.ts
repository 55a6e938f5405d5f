/** Lifespans of clients: nanoseconds in 64 bits, which a JavaScript number cannot hold. */

const NANOSECONDS = 1_000_000_000n;

/** Seconds, with fractions where there are any; undefined where the column is NULL: the configured lifespan counts. */
export function lifespanSeconds(nanoseconds: string | null): number | undefined {
  if (nanoseconds === null || !/^-?\d{1,19}$/.test(nanoseconds)) return undefined;
  const count = BigInt(nanoseconds);
  return Number(count / NANOSECONDS) + Number(count % NANOSECONDS) / Number(NANOSECONDS);
}
