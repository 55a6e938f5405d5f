/**
 * The log of the program: pino, in three formats. Members with secret names are replaced unless `log.leak_sensitive_values`
 * is set. Errors keep their type, message, code, stack and causes, but not the members that drivers attach: those hold
 * statements and their parameters.
 */
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import type { Configuration, LogLevel } from '../config/configuration.js';
import { lineFormat } from './log-format.js';
import { redact } from './redact.js';
import { SERVICE } from './service.js';

/** Provider token of the program's logger. */
export const LOGGER = Symbol('LOGGER');

type LogConfiguration = Configuration['log'];

/** `panic` is Hydra's level above fatal: only for errors that end the program. */
const PINO_LEVEL: Record<LogLevel, string> = {
  panic: 'fatal',
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
};

export function createLogger(log: LogConfiguration, sink: DestinationStream): Logger {
  const options: LoggerOptions = {
    level: PINO_LEVEL[log.level],
    messageKey: 'msg',
    base: SERVICE,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label) => ({ level: label }),
      ...(!log.leak_sensitive_values && { log: (members) => redact(members, log.redaction_text) }),
    },
    serializers: { error: describeError, err: describeError },
  };
  return pino(options, formatted(log.format, sink));
}

function formatted(format: LogConfiguration['format'], sink: DestinationStream): DestinationStream {
  if (format === 'json') return sink;
  const toLine = lineFormat(format);
  return {
    write: (json) => {
      sink.write(toLine(JSON.parse(json) as Record<string, unknown>));
    },
  };
}

const MAX_CAUSES = 5;

function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: error.message,
    ...(code !== undefined && { reason: code }),
    stack: error.stack,
    ...(error.cause !== undefined && depth < MAX_CAUSES && { cause: describeError(error.cause, depth + 1) }),
  };
}
