import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../protocol/json.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { checkAssertion } from './check-assertion.js';

const AUDIENCE = 'https://id.example/oauth2/token';
const NOW = 1_700_000_000;
const MAX_TTL = 3600;

function check(over: JsonObject, iat_optional = false): string {
  const settings = { jti_optional: true, iat_optional, max_ttl: MAX_TTL };
  const claims = { iss: 'https://issuer.example', sub: 'bob', aud: AUDIENCE, iat: NOW, exp: NOW + 60, ...over };
  try {
    checkAssertion(claims, { audiences: [AUDIENCE], settings, now: new Date(NOW * 1000) });
    return 'taken';
  } catch (error) {
    return error instanceof OAuthError ? error.code : String(error);
  }
}

describe('the times of an assertion (RFC 7523 §3)', () => {
  it.each<[string, JsonObject, string]>([
    ['is issued now', {}, 'taken'],
    ['was issued a while ago with the maximum lifetime', { iat: NOW - 60, exp: NOW - 60 + MAX_TTL }, 'taken'],
    ['exceeds the maximum lifetime', { exp: NOW + MAX_TTL + 1 }, 'invalid_grant'],
    ['was issued by a clock that is slightly ahead', { iat: NOW + 5, exp: NOW + 65 }, 'taken'],
    ['has an iat one minute ahead', { iat: NOW + 60, exp: NOW + 120 }, 'invalid_grant'],
    ['has an iat ten years ahead', { iat: NOW + 315_360_000, exp: NOW + 315_360_060 }, 'invalid_grant'],
    ['exceeds the maximum lifetime, counted from now', { iat: NOW + 9, exp: NOW + 9 + MAX_TTL }, 'invalid_grant'],
  ])('one that %s', (_, over, outcome) => {
    expect(check(over)).toBe(outcome);
  });

  it('one with an iat in the future is refused even if iat is optional', () => {
    expect(check({ iat: NOW + 60, exp: NOW + 120 }, true)).toBe('invalid_grant');
  });
});
