/** The time of the next attempt at a receiver that could not be reached. */

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * The pause doubles after each attempt, up to a quarter of an hour. Half of it is random, so that the retries of many
 * logouts do not reach a receiver at the same moment.
 * @param attempts number of attempts until now @param chance a random number, at least 0 and below 1
 */
export function nextAttempt(now: Date, attempts: number, chance: number): Date {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  return new Date(now.getTime() + pause * (0.5 + chance / 2));
}
