import { describe, expect, it } from 'vitest';
import type { Configuration } from '../config/configuration.js';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

type Log = Configuration['log'];

function capture(choice: Partial<Log> = {}) {
  const lines: string[] = [];
  const log: Log = {
    level: 'info',
    format: 'json',
    leak_sensitive_values: false,
    audit: 'off',
    redaction_text: '[hidden]',
    ...choice,
  };
  const logger = createLogger(log, { write: (line) => lines.push(line) });
  return {
    logger,
    lines,
    nest: new NestLogger(logger),
    last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>,
  };
}

describe('the level', () => {
  it.each([
    ['panic', ['fatal']],
    ['fatal', ['fatal']],
    ['error', ['fatal', 'error']],
    ['warn', ['fatal', 'error', 'warn']],
    ['info', ['fatal', 'error', 'warn', 'info']],
    ['debug', ['fatal', 'error', 'warn', 'info', 'debug']],
    ['trace', ['fatal', 'error', 'warn', 'info', 'debug', 'trace']],
  ] as const)('%s lets %j pass', (level, passing) => {
    const { logger, lines } = capture({ level });
    for (const each of ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const) logger[each](each);
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(passing);
  });
});

describe('secrets', () => {
  const secrets = {
    query: 'q',
    headers: { authorization: 'Bearer x', cookie: 'a=b', 'set-cookie': ['a=b'] },
    access_token: 't',
    client: { client_secret: 's', id: 'kept' },
  };

  it('are replaced by their names', () => {
    const { logger, last } = capture();
    logger.info(secrets, 'x');
    expect(last()).toMatchObject({
      query: '[hidden]',
      headers: { authorization: '[hidden]', cookie: '[hidden]', 'set-cookie': '[hidden]' },
      access_token: '[hidden]',
      client: { client_secret: '[hidden]', id: 'kept' },
    });
  });

  it('stay where the operator wants to see them', () => {
    const { logger, last } = capture({ leak_sensitive_values: true });
    logger.info(secrets, 'x');
    expect(last()).toMatchObject(secrets);
  });

  it('are not in the output through members that a driver attaches to its errors', () => {
    const { logger, lines } = capture();
    const error = Object.assign(new Error('duplicate key', { cause: new Error('beneath') }), {
      query: 'insert into clients',
      parameters: ['the secret'],
      detail: 'Key (secret)=(the secret)',
      code: '23505',
    });
    logger.error({ error }, 'x');
    expect(lines[0]).toContain('duplicate key');
    expect(lines[0]).toContain('23505');
    expect(lines[0]).toContain('beneath');
    expect(lines[0]).not.toMatch(/the secret|insert into/);
  });
});

describe('the form', () => {
  it('is one JSON document per line', () => {
    const { logger, last } = capture();
    logger.warn({ a: 1 }, 'hello');
    expect(last()).toMatchObject({
      level: 'warn',
      msg: 'hello',
      a: 1,
      service_name: 'Ostiary',
      service_version: expect.stringMatching(/^v\d/) as string,
    });
  });

  it('is JSON over several lines', () => {
    const { logger, lines } = capture({ format: 'json_pretty' });
    logger.info({ a: 1 }, 'hello');
    expect(lines[0]).toContain('\n  "a": 1');
  });

  it('is one line of pairs, in which a text cannot forge another line', () => {
    const { logger, lines } = capture({ format: 'text' });
    logger.info({ a: { b: 1 }, list: [1, 2], path: '/x y"\nlevel=fatal' }, 'hello world');
    expect(lines[0]).toMatch(
      /^time=\S+ level=info msg="hello world" a\.b=1 list=\[1,2\] path="\/x y\\"\\nlevel=fatal"\n$/,
    );
  });

  it('shows a stack below its line', () => {
    const { logger, lines } = capture({ format: 'text' });
    logger.error({ error: new Error('broken') }, 'x');
    expect(lines[0]).toMatch(/error\.message=broken\nError: broken\n {4}at /);
  });
});

describe("the adapter from Nest's logger to the log", () => {
  it('accepts texts, objects with a message, errors, stacks and the context', () => {
    const { nest, last } = capture({ level: 'trace' });
    nest.log('started', 'Main');
    expect(last()).toMatchObject({ level: 'info', msg: 'started', context: 'Main' });
    nest.error({ message: 'failed', request_id: 'r', error: new Error('why') }, undefined, 'http');
    expect(last()).toMatchObject({
      level: 'error',
      msg: 'failed',
      request_id: 'r',
      context: 'http',
      error: { message: 'why' },
    });
    nest.error('failed', 'Error: why\n    at x', 'http');
    expect(last()).toMatchObject({ level: 'error', msg: 'failed', stack: 'Error: why\n    at x', context: 'http' });
    nest.warn(new Error('odd'));
    expect(last()).toMatchObject({ level: 'warn', msg: 'odd', error: { message: 'odd' } });
    nest.verbose('detail');
    expect(last()).toMatchObject({ level: 'trace' });
    nest.debug('d');
    nest.fatal('f');
    expect(last()).toMatchObject({ level: 'fatal', msg: 'f' });
  });
});
