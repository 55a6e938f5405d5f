import { fail, type Finding, ok, warn } from '../finding.js';

/** Servers whose clocks differ see each other's tokens as not yet or no more valid. */
const NOTICEABLE_MS = 2_000;
const HARMFUL_MS = 30_000;

export interface ClockReading {
  /** Of the other clock, milliseconds since 1970. */
  there: number;
  /** Of ours, before and after it was asked. */
  before: number;
  after: number;
}

/** The answer belongs to some moment between question and answer: only what lies outside differs for certain. */
export function judgeClock(whose: string, { there, before, after }: ClockReading): Finding {
  const check = `clock and ${whose}`;
  const apart = Math.max(before - there, there - after, 0);
  const finding = `the clocks differ by ${(apart / 1000).toFixed(1)} s`;
  const change = 'Let NTP set the clocks of both machines';
  if (apart > HARMFUL_MS) return fail(check, finding, change);
  return apart > NOTICEABLE_MS ? warn(check, finding, change) : ok(check, 'the clocks agree');
}
