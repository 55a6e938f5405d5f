/** The largest number of seconds that the tables can store: 68 years. */
const MAX_SECONDS = 2 ** 31 - 1;

/** A `remember_for` as it is stored. A negative one has expired from the start. */
export function storedSeconds(seconds = 0): number {
  return Math.max(-1, Math.min(seconds, MAX_SECONDS));
}
