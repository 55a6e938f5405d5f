/**
 * The log of the program: pino, in three forms. Lines go to standard output; what is secret by its name is replaced
 * unless `log.leak_sensitive_values` says otherwise. Errors keep their type, message, code, stack and causes, never the
 * further members that drivers attach: those hold statements and their parameters.
 */
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import type { Configuration, LogLevel } from '../config/configuration.js';
import { textLine } from './text-line.js';
import { version } from './version.js';

/** Provider token of the program's logger. */
export const LOGGER = Symbol('LOGGER');

type LogConfiguration = Configuration['log'];

/** `panic` is the level of the reference above fatal: only what ends the program. */
const PINO_LEVEL: Record<LogLevel, string> = {
  panic: 'fatal',
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
};

const SECRET_NAMES = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  '["x-session-token"]',
  'query',
  'password',
  'client_secret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'code',
  'code_verifier',
  'assertion',
  'client_assertion',
];

/** `destination`: where lines go, standard output by default. */
export function createLogger(log: LogConfiguration, destination?: DestinationStream): Logger {
  const sink = destination ?? pino.destination({ dest: 1, sync: false });
  const options: LoggerOptions = {
    level: PINO_LEVEL[log.level],
    messageKey: 'msg',
    base: { service_name: 'Ostiary', service_version: version() },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: describeError, err: describeError },
    ...(!log.leak_sensitive_values && { redact: { paths: secretPaths(), censor: log.redaction_text } }),
  };
  return pino(options, formatted(log.format, sink));
}

function secretPaths(): string[] {
  return SECRET_NAMES.flatMap((name) => [name, name.startsWith('[') ? `*${name}` : `*.${name}`]);
}

function formatted(format: LogConfiguration['format'], sink: DestinationStream): DestinationStream {
  if (format === 'json') return sink;
  const reformat = format === 'text' ? textLine : prettyLine;
  return {
    write: (line) => {
      sink.write(reformat(JSON.parse(line) as Record<string, unknown>));
    },
  };
}

function prettyLine(record: Record<string, unknown>): string {
  return `${JSON.stringify(record, null, 2)}\n`;
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
