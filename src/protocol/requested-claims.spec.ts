import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OAuthError } from './oauth-error.js';
import { allowedValues, asksFor, parseRequestedClaims, requestsFor } from './requested-claims.js';

const many = (count: number): string => Array.from({ length: count }, (_, i) => `"c${i}":null`).join();
const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('the parameter claims', () => {
  it('is read with its wishes, and without members that are not defined', () => {
    const asked = {
      userinfo: { email: { essential: true }, picture: null, 'name#fr': { purpose: 'to greet you' } },
      id_token: { acr: { values: ['a', 'b'] }, sub: { value: 'alice' }, auth_time: { essential: false } },
    };
    expect(parseRequestedClaims(JSON.stringify({ ...asked, other: 1, purpose: [] }))).toEqual(asked);
    expect(parseRequestedClaims(' {} ')).toEqual({});
    expect(parseRequestedClaims(`{"id_token":{${many(64)}},"userinfo":{${many(64)}}}`)).toHaveProperty('userinfo.c63');
  });

  it.each([
    ['', 'must be JSON'],
    ['no json', 'must be JSON'],
    ['[]', 'must be a JSON object'],
    ['"text"', 'must be a JSON object'],
    ['null', 'must be a JSON object'],
    ['{"id_token":[]}', "an object in 'id_token'"],
    ['{"id_token":null}', "an object in 'id_token'"],
    ['{"userinfo":"email"}', "an object in 'userinfo'"],
    ['{"userinfo":{"email":true}}', "null or an object for each claim in 'userinfo'."],
    ['{"id_token":{"acr":"gold"}}', "null or an object for each claim in 'id_token'."],
    ['{"id_token":{"acr":["gold"]}}', "null or an object for each claim in 'id_token'."],
    ['{"id_token":{"acr":{"essential":"true"}}}', "'essential' is true or false"],
    ['{"id_token":{"acr":{"essential":null}}}', "'essential' is true or false"],
    ['{"id_token":{"acr":{"values":"gold"}}}', "'values' is a list"],
    ['{"id_token":{"acr":{"values":{}}}}', "'values' is a list"],
    ['{"id_token":{},"id_token":{}}', 'twice'],
    ['{"id_token":{"acr":null,"\\u0061cr":null}}', 'twice'],
    ['{"other":{"a":1,"a":2}}', 'twice'],
    [`{"id_token":{${many(65)}}}`, '64 elements'],
    [`{"id_token":{"acr":{"values":[${'1,'.repeat(64)}1]}}}`, '64 elements'],
    [`{"id_token":${deep(16)}}`, '16 levels'],
    [`{"id_token":{"a":{"value":"${'x'.repeat(16_384)}"}}}`, '16384 bytes'],
    [`{"id_token":{"a":{"value":"${'é'.repeat(8_192)}"}}}`, '16384 bytes'],
  ])('is refused if it is %j', (text, hint) => {
    expect(() => parseRequestedClaims(text)).toThrow(
      expect.objectContaining({ code: 'invalid_request', hint: expect.stringContaining(hint) as unknown }),
    );
  });

  it('of any content is read or refused as invalid_request', () => {
    const near = fc
      .tuple(fc.constantFrom('userinfo', 'id_token', '__proto__', 'x'), fc.string(), fc.jsonValue())
      .map(([member, name, value]) => JSON.stringify({ [member]: { [name]: value, acr: value } }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), near), (text) => {
        try {
          const claims = parseRequestedClaims(text);
          expect(Object.keys(claims).every((name) => ['userinfo', 'id_token'].includes(name))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
          expect((error as OAuthError).code).toBe('invalid_request');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the requests for one claim', () => {
  it('are those for the ID token and for userinfo, if they wish anything', () => {
    const claims = parseRequestedClaims('{"userinfo":{"acr":{"value":1},"name":null},"id_token":{"acr":{"value":2}}}');
    expect(requestsFor('acr', claims)).toEqual([{ value: 2 }, { value: 1 }]);
    expect(requestsFor('name', claims)).toEqual([]);
    expect(requestsFor('constructor', claims)).toEqual([]);
    expect(asksFor('name', claims.userinfo)).toBe(true);
    expect(asksFor('constructor', claims.userinfo)).toBe(false);
    expect(asksFor('name', claims.id_token)).toBe(false);
    expect(asksFor('name', undefined)).toBe(false);
  });

  it.each([
    [{}, undefined],
    [{ essential: true }, undefined],
    [{ value: 'a' }, ['a']],
    [{ values: ['a', 'b'] }, ['a', 'b']],
    [{ values: [] }, []],
    [{ value: 'a', values: ['a', 'b'] }, ['a']],
    [{ value: 'c', values: ['a', 'b'] }, []],
  ])('%j allows %j', (request, expected) => {
    expect(allowedValues(request)).toEqual(expected);
  });
});
