import type { DestinationStream } from 'pino';
import type { Configuration } from '../config/configuration.js';
import { lineFormat } from './log-format.js';
import { SERVICE } from './service.js';

/**
 * A fast path to the log for the one line of each request: flat members, none of them secret, level info. It bypasses the
 * general logger, which would cost more than many requests.
 */
export class LineLog {
  readonly isEnabled: boolean;
  private readonly toLine: (record: Record<string, unknown>) => string;

  constructor(
    { level, format }: Configuration['log'],
    private readonly sink: DestinationStream,
  ) {
    this.isEnabled = level === 'info' || level === 'debug' || level === 'trace';
    this.toLine = lineFormat(format);
  }

  write(msg: string, members: Record<string, unknown>): void {
    const record = { level: 'info', time: new Date().toISOString(), ...SERVICE, ...members, msg };
    this.sink.write(this.toLine(record));
  }
}
