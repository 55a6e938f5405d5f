/** Whole seconds since 1970, as the claims of tokens count. */
export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
