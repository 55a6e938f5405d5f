/** The largest number of seconds that the tables hold: sixty-eight years, which is for ever in a login. */
const MAX_SECONDS = 2 ** 31 - 1;

/** A `remember_for` as it is kept. A negative one has run out before it begins. */
export function storedSeconds(seconds = 0): number {
  return Math.max(-1, Math.min(seconds, MAX_SECONDS));
}
