import { InvalidArgumentError } from 'commander';

/**
 * Reads a time (RFC 3339). Without an offset it would mean a different moment on each machine, and Date would read the
 * 31st of February as a day in March: both are refused.
 */
export function moment(text: string): Date {
  const read = new Date(text);
  const [, day] = /^(\d{4}-\d\d-\d\d)T[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  if (day === undefined || Number.isNaN(read.getTime()) || !isDay(day))
    throw new InvalidArgumentError('Write a time with its offset, such as 2026-03-01T12:00:00Z.');
  return read;
}

function isDay(text: string): boolean {
  const read = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(text);
}
