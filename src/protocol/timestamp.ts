const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** The time of an RFC 3339 text, rounded to whole seconds; undefined for any other text. */
export function parseTimestamp(text: string): Date | undefined {
  const ms = RFC_3339.test(text) ? Date.parse(text.toUpperCase().replace(' ', 'T')) : NaN;
  return Number.isNaN(ms) ? undefined : new Date(Math.round(ms / 1000) * 1000);
}
