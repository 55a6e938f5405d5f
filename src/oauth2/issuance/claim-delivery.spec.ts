import { describe, expect, it } from 'vitest';
import { claimPlaces, claimsOfIdToken, claimsOfUserinfo } from './claim-delivery.js';
import { EMPTY_SESSION, type GrantSession } from './grant-session.js';

const session = (over: Partial<GrantSession> = {}): GrantSession => ({
  ...EMPTY_SESSION,
  idTokenClaims: { email: 'e', name: 'n', tier: 't' },
  userinfoClaims: { phone_number: 'p' },
  ...over,
});
const asked = (idToken: string[], userinfo: string[]): Partial<GrantSession> => ({
  claimPlaces: { idToken, userinfo },
});

describe('the delivery of claims', () => {
  it.each([
    ['nothing was asked', {}, ['email', 'name', 'tier'], ['email', 'name', 'tier']],
    ['it was asked under userinfo alone', asked([], ['email']), ['name', 'tier'], ['email', 'name', 'tier']],
    ['it was asked under id_token alone', asked(['email'], []), ['email', 'name', 'tier'], ['name', 'tier']],
    ['it was asked under both', asked(['email'], ['email']), ['email', 'name', 'tier'], ['email', 'name', 'tier']],
    ['others were asked', asked(['locale'], ['gender']), ['email', 'name', 'tier'], ['email', 'name', 'tier']],
    [
      'odd names were asked',
      asked(['constructor'], ['__proto__']),
      ['email', 'name', 'tier'],
      ['email', 'name', 'tier'],
    ],
  ])('where %s', (_, over, idToken, userinfo) => {
    expect(Object.keys(claimsOfIdToken(session(over), false))).toEqual(idToken);
    expect(Object.keys(claimsOfUserinfo(session(over)))).toEqual([...userinfo, 'phone_number']);
  });

  it('leaves claims of scopes to userinfo where that is configured, unless they were asked for in the ID token', () => {
    expect(claimsOfIdToken(session(), true)).toEqual({ tier: 't' });
    expect(claimsOfIdToken(session(asked(['email'], ['email'])), true)).toEqual({ email: 'e', tier: 't' });
    expect(claimsOfIdToken(session(asked(['email'], ['tier'])), true)).toEqual({ email: 'e' });
  });

  it('never takes claims for userinfo from userinfo', () => {
    expect(claimsOfUserinfo(session(asked(['phone_number'], []))).phone_number).toBe('p');
    expect(claimsOfIdToken(session(asked(['phone_number'], [])), false)).not.toHaveProperty('phone_number');
  });
});

describe('the names that stay with the grant', () => {
  it.each([
    [undefined, undefined],
    [{}, undefined],
    [{ id_token: {} }, undefined],
    [
      { id_token: { acr: null }, userinfo: { email: { essential: true } } },
      { idToken: ['acr'], userinfo: ['email'] },
    ],
  ])('of %j are %j', (requested, expected) => {
    expect(claimPlaces(requested)).toEqual(expected);
  });
});
