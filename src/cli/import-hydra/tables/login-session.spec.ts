import { describe, expect, it } from 'vitest';
import { adapted, conversionOf, microseconds, written } from '../../../../test/support/hydra-conversion.js';
import { LOGIN_SESSIONS, NO_UUID, NOBODY, UNKNOWN_TIME } from './login-session.js';

const ROW = {
  ...{ id: 'd4248a55-0a31-49a8-814c-8d2de5c41fe4', subject: 'alice', authenticated_at: '2026-11-24 23:04:56' },
  ...{ remember: 'true', identity_provider_session_id: '', has_login: 'true' },
};
const convert = conversionOf(LOGIN_SESSIONS, ROW);
/** 400 days after the import. */
const END = new Date('2031-07-06T12:00:00Z');

describe('a login', () => {
  it('that is remembered lasts as long as the last cookie of it may, whatever Hydra wrote', () => {
    expect(convert()).toEqual({
      rows: [
        {
          table: 'login_session',
          values: {
            ...{ id: ROW.id, subject: 'alice', remember: true, identity_provider_session_id: null, expires_at: END },
            authenticated_at: microseconds('2026-11-24T23:04:56Z'),
          },
        },
      ],
      liveUntil: END,
    });
  });

  it('that is not remembered is taken, for its id stands in tokens, and has no cookie', () => {
    const outcome = convert({ remember: 'false', identity_provider_session_id: 'there' });
    expect(written(outcome)).toMatchObject([{ remember: false, identity_provider_session_id: 'there' }]);
    expect(outcome).not.toHaveProperty('liveUntil');
  });

  it('of an unknown time counts as long ago', () => {
    const outcome = convert({ authenticated_at: null });
    expect(written(outcome)).toMatchObject([{ authenticated_at: new Date(0) }]);
    expect(adapted(outcome)).toEqual([UNKNOWN_TIME]);
  });

  it.each([
    [{ authenticated_at: null, remember: 'false', has_login: 'false' }, NOBODY],
    [{ id: 'no uuid' }, NO_UUID],
    [{ id: ROW.id.replaceAll('-', '') }, NO_UUID],
    [{ id: ROW.id.toUpperCase() }, NO_UUID],
  ])('is left out (%#)', (over, leftOut) => {
    expect(convert(over)).toEqual({ leftOut });
  });
});
