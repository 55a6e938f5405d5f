import { InvalidArgumentError } from 'commander';

/** -1 stands for no port. */
export function localPort(text: string): number {
  if (/^(-1|\d{1,5})$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new InvalidArgumentError('Write a port between 0 and 65535.');
}
