import { describe, expect, it } from 'vitest';
import { checkAssertionClaims } from '../clients/authentication/check-assertion-claims.js';
import { judgeClaims } from '../oauth2/authorize/request-object.js';
import { checkAssertion } from '../oauth2/token/grants/check-assertion.js';
import { OAuthError } from '../protocol/oauth-error.js';

const AUDIENCE = 'https://id.example/oauth2/token';
const now = new Date('2030-01-01T00:00:00Z');
const seconds = now.getTime() / 1000;
const audiences = [AUDIENCE];
const FAR = 10 ** 20;

type Times = Record<string, unknown>;

function outcome(judge: () => void): string {
  try {
    judge();
    return 'taken';
  } catch (error) {
    return error instanceof OAuthError ? `refused: ${error.hint}` : String(error);
  }
}

/** The outcome for the same times in each place that accepts a JWT from another party. */
const places: Record<string, (times: Times) => string> = {
  'a client assertion': (times) => {
    const claims = { iss: 'c', sub: 'c', aud: AUDIENCE, jti: 'j', exp: seconds + 60, ...times };
    return outcome(() => checkAssertionClaims(claims, { clientId: 'c', audiences, now }));
  },
  'an assertion as authorization grant': (times) => {
    const claims = { iss: 'i', sub: 'bob', aud: AUDIENCE, iat: seconds, exp: seconds + 60, ...times };
    const settings = { jti_optional: true, iat_optional: true, max_ttl: FAR };
    return outcome(() => checkAssertion(claims, { audiences, settings, now }));
  },
  'a request object': (times) =>
    outcome(() => {
      judgeClaims({ exp: seconds + 60, ...times }, { clientId: 'c', audiences, now });
    }),
};

describe.each(Object.entries(places))('the times of %s (RFC 7519 §4.1)', (_, judged) => {
  it.each<[string, Times]>([
    ['an exp of 17 digits', { exp: 12345678901234567n }],
    ['an exp beyond the range of a Date', { exp: 10n ** 19n }],
    ['an exp with a fraction', { exp: seconds + 0.5 }],
    ['an nbf 3 s ahead', { nbf: seconds + 3 }],
    ['an nbf 9 s ahead', { nbf: seconds + 9 }],
    ['an iat 9 s ahead', { iat: seconds + 9 }],
    ['an nbf and an iat of 17 digits below zero', { nbf: -12345678901234567n, iat: seconds - 9 }],
  ])('%s is accepted', (_title, times) => {
    expect(judged(times)).toBe('taken');
  });

  it.each<[string, Times, RegExp]>([
    ['an exp equal to the current time', { exp: seconds }, /expired.*'exp'/],
    ['an nbf 11 s ahead', { nbf: seconds + 11 }, /'nbf'.*future/],
    ['an iat 60 s ahead', { iat: seconds + 60 }, /'iat'.*future/],
    ['an nbf of 17 digits', { nbf: 12345678901234567n }, /'nbf'.*future/],
    ['an exp as a string', { exp: `${seconds + 60}` }, /'exp'.*number/],
    ['an exp of null', { exp: null }, /'exp'.*number/],
    ['an exp that is not finite', { exp: Infinity }, /'exp'.*number/],
    ['an exp beyond the range of a number', { exp: 10n ** 400n }, /'exp'.*number/],
    ['an nbf of null', { nbf: null }, /'nbf'.*number/],
    ['an iat as a list', { iat: [seconds] }, /'iat'.*number/],
  ])('%s is refused, with a hint that names the claim', (_title, times, hint) => {
    expect(judged(times)).toMatch(hint);
    expect(judged(times)).toMatch(/^refused/);
  });
});
