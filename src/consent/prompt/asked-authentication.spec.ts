import { describe, expect, it } from 'vitest';
import type { RequestedClaims } from '../../protocol/requested-claims.js';
import { asksForAcr, asksForPerson, isAskedPerson, reachesEssentialAcr, voluntaryAcr } from './asked-authentication.js';

const asking = (requestedClaims?: RequestedClaims, acrValues: string[] = []) => ({ requestedClaims, acrValues });

describe('an essential acr', () => {
  const gold = { id_token: { acr: { essential: true, values: ['gold', 'platinum'] } } };
  it.each([
    ['nothing is asked', undefined, undefined, true],
    ['it is listed', gold, 'platinum', true],
    ['it is not listed', gold, 'silver', false],
    ['there is none', gold, undefined, false],
    ['case differs', gold, 'Gold', false],
    ['it is the one value', { id_token: { acr: { essential: true, value: 'gold' } } }, 'gold', true],
    ['it is not the one value', { id_token: { acr: { essential: true, value: 'gold' } } }, 'golden', false],
    ['any will do', { id_token: { acr: { essential: true } } }, undefined, true],
    ['it is voluntary', { id_token: { acr: { values: ['gold'] } } }, undefined, true],
    ['it is voluntary by null', { id_token: { acr: null } }, undefined, true],
    ['it is asked for userinfo', { userinfo: { acr: { essential: true, value: 'gold' } } }, 'silver', false],
    ['no value is listed', { id_token: { acr: { essential: true, values: [] } } }, 'gold', false],
    ['the values are no texts', { id_token: { acr: { essential: true, values: [1, null, ['gold']] } } }, 'gold', false],
    [
      'ID token and userinfo want different ones',
      {
        id_token: { acr: { essential: true, value: 'gold' } },
        userinfo: { acr: { essential: true, value: 'silver' } },
      },
      'gold',
      false,
    ],
  ] as [string, RequestedClaims | undefined, string | undefined, boolean][])(
    'where %s',
    (_, requested, acr, expected) => {
      expect(reachesEssentialAcr(asking(requested), acr)).toBe(expected);
    },
  );
});

describe('a voluntary acr', () => {
  it('is one of acr_values, or of a claim that is not essential', () => {
    const requested: RequestedClaims = { id_token: { acr: { values: ['b'] } }, userinfo: { acr: { value: 'c' } } };
    expect(voluntaryAcr(asking(requested, ['a']))).toEqual(['a', 'b', 'c']);
    expect(voluntaryAcr(asking({ id_token: { acr: { essential: true, values: ['b'] } } }))).toEqual([]);
    expect(voluntaryAcr(asking({ id_token: { acr: null } }))).toEqual([]);
  });

  it.each([
    [asking(), false],
    [asking({ id_token: { email: null } }), false],
    [asking(undefined, ['a']), true],
    [asking({ id_token: { acr: null } }), true],
    [asking({ userinfo: { acr: { essential: true } } }), true],
  ])('or essential is asked for by %j: %s', (request, expected) => {
    expect(asksForAcr(request)).toBe(expected);
  });
});

describe('a request for one person', () => {
  const one: RequestedClaims = { id_token: { sub: { value: 'alice' } } };
  it.each([
    [undefined, undefined, false, true],
    [{ id_token: { sub: null } }, 'bob', false, true],
    [{ id_token: { sub: { essential: true } } }, 'bob', false, true],
    [one, 'alice', true, true],
    [one, 'bob', true, false],
    [one, undefined, true, false],
    [{ userinfo: { sub: { value: 'alice' } } }, 'bob', true, false],
    [{ id_token: { sub: { values: ['alice', 'bob'] } } }, 'bob', true, true],
    [{ id_token: { sub: { value: 7 } } }, '7', true, false],
  ] as [RequestedClaims | undefined, string | undefined, boolean, boolean][])(
    '%j is answered about %s',
    (requested, sub, asks, expected) => {
      expect(asksForPerson(asking(requested))).toBe(asks);
      expect(isAskedPerson(asking(requested), sub)).toBe(expected);
    },
  );
});
