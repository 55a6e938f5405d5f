import { describe, expect, it } from 'vitest';
import { CommandFailed } from './command-failed.js';
import { failureText } from './failure-text.js';

describe('the message of a failure', () => {
  it('is the message that was written for the operator', () => {
    expect(failureText(new CommandFailed('Do this instead.'))).toBe('Do this instead.');
  });

  it('starts with "The command failed" for errors of libraries', () => {
    expect(failureText(new TypeError('x is not a function'))).toBe('The command failed: x is not a function');
    expect(failureText('odd')).toBe('The command failed: odd');
    expect(failureText(new RangeError())).toBe('The command failed: RangeError');
  });

  it.each([
    ['25006', 'cannot execute DELETE in a read-only transaction', 'Use the address of the primary'],
    ['42501', 'permission denied for schema public', 'Use the role that owns the tables'],
  ])('says what to do when PostgreSQL refuses with %s', (code, message, advice) => {
    const error = Object.assign(new Error(message), { code });
    expect(failureText(error)).toContain(`The command failed: ${message}. ${advice}`);
  });

  it('contains no stack', () => {
    expect(failureText(new Error('broken'))).not.toContain('failure-text.spec');
  });

  it('contains no password of an address', () => {
    const error = new Error('cannot connect to postgres://user:pass-word@host/db or redis://:other@host');
    expect(failureText(error)).toBe(
      'The command failed: cannot connect to postgres://user:…@host/db or redis://:…@host',
    );
  });
});
