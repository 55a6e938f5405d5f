import { describe, expect, it } from 'vitest';
import { checkAssertionClaims } from './check-assertion-claims.js';

const now = new Date('2030-01-01T00:00:00Z');
const seconds = now.getTime() / 1000;
const context = { clientId: 'c', audiences: ['https://id.example/oauth2/token', 'https://id.example'], now };
const claims = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ iss: 'c', sub: 'c', aud: 'https://id.example/oauth2/token', jti: 'j', exp: seconds + 300 },
  ...over,
});

describe('the claims of a client assertion', () => {
  it('return the data that makes the assertion single use', () => {
    expect(checkAssertionClaims(claims(), context)).toEqual({
      jti: 'j',
      expiresAt: new Date('2030-01-01T00:05:00Z'),
    });
  });

  it.each([
    [{ aud: ['https://other.example', 'https://id.example'] }],
    [{ iat: seconds - 1, nbf: seconds - 1 }],
    [{ iat: seconds + 9, nbf: seconds + 9 }],
    [{ exp: seconds + 0.5 }],
    [{ exp: 10n ** 30n }],
    [{ exp: 1e300 }],
  ])('may have %o', (over) => {
    expect(checkAssertionClaims(claims(over), context).jti).toBe('j');
  });

  it.each([
    [{ iss: 'other' }, 'iss'],
    [{ sub: 'other' }, 'sub'],
    [{ iss: undefined }, 'iss'],
    [{ aud: 'https://other.example/oauth2/token' }, 'aud'],
    [{ aud: undefined }, 'aud'],
    [{ aud: [] }, 'aud'],
    [{ aud: { 'https://id.example': 1 } }, 'aud'],
    [{ exp: undefined }, 'exp'],
    [{ exp: '9999999999' }, 'exp'],
    [{ exp: seconds }, 'expired'],
    [{ exp: seconds - 60 }, 'expired'],
    [{ nbf: seconds + 600 }, 'nbf'],
    [{ iat: seconds + 600 }, 'iat'],
    [{ iat: 'now' }, 'iat'],
    [{ jti: undefined }, 'jti'],
    [{ jti: '' }, 'jti'],
    [{ jti: 7 }, 'jti'],
  ])('are refused with %o', (over, word) => {
    expect(() => checkAssertionClaims(claims(over), context)).toThrow(new RegExp(`^invalid_client: .*${word}`));
  });
});

describe('the claims of a client assertion under FAPI 2.0', () => {
  const strict = { ...context, audiences: ['https://id.example'], isOneAudience: true };

  it('name the issuer as one text', () => {
    expect(checkAssertionClaims(claims({ aud: 'https://id.example' }), strict).jti).toBe('j');
  });

  it.each([
    { aud: ['https://id.example'] },
    { aud: ['https://id.example', 'https://id.example/oauth2/token'] },
    { aud: 'https://id.example/oauth2/token' },
    { aud: 'https://id.example/oauth2/par' },
    { aud: 'https://id.example/' },
    { aud: undefined },
    { aud: { 0: 'https://id.example' } },
  ])('are refused with %o', (over) => {
    expect(() => checkAssertionClaims(claims(over), strict)).toThrow(/^invalid_client: .*aud/);
  });
});
