import { fail, type Finding, ok, warn } from '../finding.js';

/** Servers whose clocks differ reject each other's tokens as not yet valid or expired. */
const NOTICEABLE_MS = 2_000;
const HARMFUL_MS = 30_000;

interface ClockReading {
  /** The time of the other clock, in milliseconds since 1970. */
  there: number;
  /** Our own time before and after the question. */
  before: number;
  after: number;
}

/** The other clock was read at some moment between question and answer: only a difference beyond these is certain. */
export function judgeClock(whose: string, { there, before, after }: ClockReading): Finding {
  const check = `clock and ${whose}`;
  const apart = Math.max(before - there, there - after, 0);
  const finding = `the clocks differ by ${(apart / 1000).toFixed(1)} s`;
  const change = 'Let NTP set the clocks of both machines';
  if (apart > HARMFUL_MS) return fail(check, finding, change);
  return apart > NOTICEABLE_MS ? warn(check, finding, change) : ok(check, 'the clocks agree');
}
