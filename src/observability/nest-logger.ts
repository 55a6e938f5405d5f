import { Inject, Injectable, type LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from './logger.js';

const FRAMEWORK: ReadonlySet<unknown> = new Set([
  ...['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver'],
]);

/**
 * The target of Nest and of every `new Logger('context')`: `app.useLogger(app.get(NestLogger))`. A message is a text, or an
 * object with `message` and further members.
 */
@Injectable()
export class NestLogger implements LoggerService {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Messages of the framework about its own start help only its developers, so they are debug level. */
  log(message: unknown, ...rest: unknown[]): void {
    this.write(rest.some((one) => FRAMEWORK.has(one)) ? 'debug' : 'info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes a stack before the context. */
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    if (!this.logger.isLevelEnabled(level)) return;
    const context = rest.findLast((one) => typeof one === 'string' && !one.includes('\n'));
    const stack = rest.find((one) => typeof one === 'string' && one.includes('\n'));
    const error = rest.find((one) => one instanceof Error);
    const { text, members } = split(message);
    this.logger[level]({ context, ...members, ...(error && { error }), ...(stack !== undefined && { stack }) }, text);
  }
}

function split(message: unknown): { text: string; members: Record<string, unknown> } {
  if (message instanceof Error) return { text: message.message, members: { error: message } };
  if (typeof message !== 'object' || message === null) return { text: String(message), members: {} };
  const { message: text, ...members } = message as Record<string, unknown>;
  return { text: typeof text === 'string' ? text : '', members };
}
