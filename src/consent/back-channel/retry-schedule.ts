/** When a receiver that could not be reached is tried again. */

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * Twice the pause after each attempt, up to a quarter of an hour. Half of it is left to chance, so that the receivers of
 * many logouts are not all asked at once when they come back.
 * @param attempts how many were made @param chance at least 0, below 1
 */
export function nextAttempt(now: Date, attempts: number, chance: number): Date {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  return new Date(now.getTime() + pause * (0.5 + chance / 2));
}
