import { describe, expect, it } from 'vitest';
import { isOfAnotherKind, isOfKind } from './jwt-kind.js';

describe('the kind of a JWT', () => {
  it.each([undefined, null, 7, '', 'JWT', 'jwt', 'JOSE', 'application/jwt', 'dpop+jwt', 'application/DPoP+JWT'])(
    '%j is accepted for dpop+jwt',
    (typ) => {
      expect(isOfAnotherKind(typ, 'dpop+jwt')).toBe(false);
    },
  );

  it.each(['at+jwt', 'application/at+jwt', 'Logout+JWT', '+jwt'])('%j is refused for dpop+jwt', (typ) => {
    expect(isOfAnotherKind(typ, 'dpop+jwt')).toBe(true);
  });

  it.each([
    ['at+jwt', true],
    ['application/AT+JWT', true],
    ['JWT', false],
    ['at', false],
    ['dpop+jwt', false],
    [undefined, false],
  ])('%j is at+jwt: %s', (typ, expected) => {
    expect(isOfKind(typ, 'at+jwt')).toBe(expected);
  });
});
