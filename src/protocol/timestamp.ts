const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** The time that an RFC 3339 text names, in whole seconds, rounded; undefined for any other text. */
export function parseTimestamp(text: string): Date | undefined {
  const ms = RFC_3339.test(text) ? Date.parse(text.toUpperCase().replace(' ', 'T')) : NaN;
  return Number.isNaN(ms) ? undefined : new Date(Math.round(ms / 1000) * 1000);
}

/** The last moment that a date can be. */
const LAST_MS = 8_640_000_000_000_000;

/** The date of a NumericDate (RFC 7519 §2): seconds since 1970. One beyond every date is the last that there is. */
export function dateOfSeconds(seconds: number): Date {
  return new Date(Math.min(seconds * 1000, LAST_MS));
}
