/** NumericDate (RFC 7519 §2): seconds since 1970, the unit of time claims in tokens. */

/** The latest time that a Date can hold. */
const LAST_MS = 8_640_000_000_000_000;

/** In whole seconds. */
export function numericDate(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** A time beyond every Date becomes the latest one. */
export function dateOfNumericDate(seconds: number): Date {
  return new Date(Math.min(seconds * 1000, LAST_MS));
}
