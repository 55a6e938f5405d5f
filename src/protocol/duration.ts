/**
 * Durations as written in configuration and in the lifespans of clients: Go's format, `1h30m`, `300ms`. Inside the program
 * they are seconds.
 */

/** Nanoseconds of each unit; `µs` is written with either of the two code points for micro. */
const UNITS = new Map<string, number>([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

const FORM = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PART = /[+-]?(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;

/** Go stores durations as nanoseconds in 64 bits. */
const LONGEST = 2 ** 63;

/** Seconds (fractions and negative values are possible); undefined for any other text and beyond 292 years. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!FORM.test(text)) return undefined;
  let nanoseconds = 0;
  for (const [, amount, unit] of text.matchAll(PART)) nanoseconds += Number(amount) * (UNITS.get(unit ?? '') ?? NaN);
  if (!(nanoseconds < LONGEST)) return undefined;
  const seconds = Math.round(nanoseconds) / 1e9;
  return text.startsWith('-') && seconds !== 0 ? -seconds : seconds;
}

/** The canonical form: `1h0m0s`, `1m30s`, `30s`, `1.5s`, `300ms`, `0s`. Takes seconds, which are rounded to nanoseconds. */
export function formatDuration(seconds: number): string {
  const nanoseconds = Math.round(Math.abs(seconds) * 1e9);
  if (nanoseconds === 0) return '0s';
  const sign = seconds < 0 ? '-' : '';
  return sign + (nanoseconds < 1e9 ? belowASecond(nanoseconds) : fromASecond(nanoseconds));
}

function belowASecond(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${nanoseconds / 1e3}µs`;
  return `${nanoseconds / 1e6}ms`;
}

function fromASecond(nanoseconds: number): string {
  const whole = Math.floor(nanoseconds / 1e9);
  const fraction = String(nanoseconds % 1e9)
    .padStart(9, '0')
    .replace(/(?<!0)0+$/, '');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = `${whole % 60}${fraction ? `.${fraction}` : ''}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
