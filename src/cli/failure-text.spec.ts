import { describe, expect, it } from 'vitest';
import { CommandFailed } from './command-failed.js';
import { failureText } from './failure-text.js';

describe('what is told of a failure', () => {
  it('is the message that was written for it', () => {
    expect(failureText(new CommandFailed('Do this instead.'))).toBe('Do this instead.');
  });

  it('is introduced where the message is anybody’s', () => {
    expect(failureText(new TypeError('x is not a function'))).toBe('The command failed: x is not a function');
    expect(failureText('odd')).toBe('The command failed: odd');
    expect(failureText(new RangeError())).toBe('The command failed: RangeError');
  });

  it('has no stack', () => {
    expect(failureText(new Error('broken'))).not.toContain('failure-text.spec');
  });

  it('has no password of an address', () => {
    const error = new Error('cannot connect to postgres://user:pass-word@host/db or redis://:other@host');
    expect(failureText(error)).toBe(
      'The command failed: cannot connect to postgres://user:…@host/db or redis://:…@host',
    );
  });
});
