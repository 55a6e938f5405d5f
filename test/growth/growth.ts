/**
 * Checks that work grows no faster than its input: one long input is compared with sixteen short ones of the same total
 * length. The measure is the CPU time of this process, because the machine may run others. The shortest of several
 * attempts counts, and a failed comparison is repeated.
 */

/** The time for the longest input below which work is harmless. */
const HARMLESS_MS = 50;
const TIMES = 16;
/** The limit of the ratio: it is 1 for linear work, and 16 for quadratic work. */
const MOST = 4;

export type Work = () => unknown;

/** The ratio of the work for the long input to that for all short ones, or 1 if the work is harmless. */
export async function growth(workOf: (size: number) => Work, size: number): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < 3 && !isLinear(least); attempt++) {
    least = Math.min(least, await measured(workOf, size));
  }
  return least;
}

export function isLinear(times: number): boolean {
  return times <= MOST;
}

async function measured(workOf: (size: number) => Work, size: number): Promise<number> {
  const long = workOf(size * TIMES);
  if ((await timeOf(long, 1)) < HARMLESS_MS) return 1;
  const short = workOf(size);
  const together = Math.min(await timeOf(short, TIMES), await timeOf(short, TIMES), await timeOf(short, TIMES));
  const alone = Math.min(await timeOf(long, 1), await timeOf(long, 1));
  return alone < HARMLESS_MS ? 1 : alone / Math.max(together, 1);
}

/** The CPU time in milliseconds. */
async function timeOf(work: Work, times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) await ended(work);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Runs the work. A refused input is a normal end. */
async function ended(work: Work): Promise<void> {
  try {
    await work();
  } catch {
    // refused
  }
}
