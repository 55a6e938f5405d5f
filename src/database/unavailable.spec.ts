import { describe, expect, it } from 'vitest';
import { isMissingPartition, isOutdatedPlan, isRefusedByStandby, isUniqueViolation, sqlState } from './sql-state.js';
import { isUnavailable } from './unavailable.js';

const failure = (fields: object, message = 'failed'): Error => Object.assign(new Error(message), fields);

/** PostgreSQL's messages are in the language of the server: only codes and function names are the same everywhere. */
const unlogged = failure(
  { code: '0A000', routine: 'get_relation_info' },
  'während der Wiederherstellung kann nicht auf temporäre oder ungeloggte Relationen zugegriffen werden',
);
const outdated = failure(
  { code: '0A000', routine: 'RevalidateCachedQuery' },
  'gecachter Plan darf den Ergebnistyp nicht ändern',
);

describe('isUnavailable', () => {
  it.each([
    ['shutting down', failure({ code: '57P01' })],
    ['starting', failure({ code: '57P03' })],
    ['out of connections', failure({ code: '53300' })],
    ['connection exception', failure({ code: '08006' })],
    ['not migrated', failure({ code: '42P01' })],
    ['read only standby', failure({ code: '25006' })],
    ['an unlogged table of a standby', unlogged],
    ['a transaction that paused too long', failure({ code: '25P03' })],
    ['a disk that fails', failure({ code: '58030' })],
    ['wrapped by TypeORM', failure({ driverError: failure({ code: '57P02' }), code: '57P02' })],
    ['refused', failure({ code: 'ECONNREFUSED', syscall: 'connect' })],
    ['broken pipe', failure({ code: 'EPIPE', syscall: 'write' })],
    ['unknown host', failure({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
    ['no socket file', failure({ code: 'ENOENT', syscall: 'connect' })],
    ['every address refused', new AggregateError([failure({ code: 'ECONNREFUSED', syscall: 'connect' })])],
    ['pool exhausted', failure({}, 'timeout exceeded when trying to connect')],
    ['connection lost', failure({}, 'Connection terminated unexpectedly')],
    ['no answer', failure({}, 'Query read timeout')],
  ])('is true: %s', (_, error) => {
    expect(isUnavailable(error)).toBe(true);
  });

  it.each([
    ['unique violation', failure({ code: '23505' })],
    ['check violation', failure({ code: '23514' })],
    ['outdated plan', outdated],
    ['an unsupported feature', failure({ code: '0A000', routine: 'transformSelectStmt' })],
    ['syntax error', failure({ code: '42601' })],
    ['missing file', failure({ code: 'ENOENT', syscall: 'open' })],
    ['program fault', new TypeError('x is not a function')],
    ['no error', undefined],
    ['text', 'Connection terminated'],
  ])('is false: %s', (_, error) => {
    expect(isUnavailable(error)).toBe(false);
  });
});

describe('sqlState', () => {
  it('does not take a system error for one of PostgreSQL', () => {
    expect(sqlState(failure({ code: 'EPIPE' }))).toBeUndefined();
    expect(sqlState(failure({ code: '23505' }))).toBe('23505');
  });

  it('distinguishes unique violations by constraint', () => {
    const error = failure({ driverError: failure({ code: '23505', constraint: 'client_client_id' }) });
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'client_client_id')).toBe(true);
    expect(isUniqueViolation(error, 'client_pkey')).toBe(false);
  });

  it('distinguishes a missing partition from a failed check', () => {
    const message = 'no partition of relation "access_token" found for row';
    expect(isMissingPartition(failure({ code: '23514' }, message))).toBe(true);
    expect(isMissingPartition(failure({ code: '23514', constraint: 'client_client_id_check' }, message))).toBe(false);
  });
});

describe('an unsupported feature', () => {
  it('means an outdated plan or a standby, by the function that reports it, in any language', () => {
    expect([outdated, unlogged].map(isOutdatedPlan)).toEqual([true, false]);
    expect([outdated, unlogged].map(isRefusedByStandby)).toEqual([false, true]);
    expect(isRefusedByStandby(failure({ driverError: failure({ code: '25006' }) }))).toBe(true);
  });
});
