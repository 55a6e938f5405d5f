import { describe, expect, it } from 'vitest';
import { verifyPkce } from './verify-pkce.js';

// The pair of RFC 7636 appendix B.
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

describe('proof key for code exchange', () => {
  it('accepts the verifier that matches the challenge', () => {
    expect(() => {
      verifyPkce(CHALLENGE, VERIFIER);
    }).not.toThrow();
  });

  it('needs no verifier if the authorization request had no challenge', () => {
    expect(() => {
      verifyPkce(undefined, undefined);
    }).not.toThrow();
  });

  it.each([
    ['no verifier', CHALLENGE, undefined],
    ['another verifier', CHALLENGE, VERIFIER.replace('d', 'e')],
    ['a verifier that is too short', CHALLENGE, VERIFIER.slice(1)],
    ['a verifier that is too long', CHALLENGE, 'a'.repeat(129)],
    ['a verifier with other characters', CHALLENGE, `${VERIFIER}+`],
    ['a verifier without a challenge', undefined, VERIFIER],
  ])('refuses %s with invalid_grant', (_, challenge, verifier) => {
    expect(() => {
      verifyPkce(challenge, verifier);
    }).toThrow(expect.objectContaining({ code: 'invalid_grant' }) as Error);
  });
});
