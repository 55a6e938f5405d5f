import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AuthorizationDetail,
  parseAuthorizationDetails,
  readAuthorizationDetails,
} from './authorization-details.js';
import { canonicalDetail, equalsGranted, firstUncovered } from './compare-authorization-details.js';
import { type JsonValue, parseJson, stringifyJson } from './json.js';
import { invalidRequest, OAuthError } from './oauth-error.js';

const refusalOf = (text: string): string | undefined => {
  try {
    parseAuthorizationDetails(text);
    return undefined;
  } catch (error) {
    if (error instanceof OAuthError) return `${error.code} ${error.hint ?? ''}`;
    throw error;
  }
};
const element = (more: string): string => `[{"type":"a"${more}}]`;

describe('the parameter authorization_details (RFC 9396 §2)', () => {
  it('is read with all digits and all texts', () => {
    const text = '[{"type":"a","n":123456789012345678901234567890,"f":0.10,"s":"\\"}{","l":[[{}]]},{"type":"a"}]';
    expect(parseAuthorizationDetails(text)).toEqual([
      { type: 'a', n: 123456789012345678901234567890n, f: 0.1, s: '"}{', l: [[{}]] },
      { type: 'a' },
    ]);
  });

  it.each([
    ['no JSON', 'no json', 'no JSON'],
    ['an object', '{"type":"a"}', 'a list of objects'],
    ['an empty list', '[]', 'holds no element'],
    ['a text in it', '["a"]', 'Element 1 must be an object'],
    ['null in it', '[{"type":"a"},null]', 'Element 2 must be an object'],
    ['an empty object', '[{}]', "Element 1 needs a text in its member 'type'"],
    ['an empty type', '[{"type":""}]', "needs a text in its member 'type'"],
    ['a type that is a number', '[{"type":7}]', "needs a text in its member 'type'"],
    ['actions that are a text', element(',"actions":"b"'), "a list of texts as its member 'actions'"],
    ['locations of numbers', element(',"locations":[1]'), "a list of texts as its member 'locations'"],
    ['datatypes that are null', element(',"datatypes":null'), "a list of texts as its member 'datatypes'"],
    ['privileges that are an object', element(',"privileges":{}'), "a list of texts as its member 'privileges'"],
    ['an identifier that is no text', element(',"identifier":1'), "a text as its member 'identifier'"],
    ['a NUL character', element(',"b":["\\u0000"]'), 'a NUL character or half of a surrogate pair'],
    [
      'half of a surrogate pair in a name',
      element(',"b":{"\\ud800":1}'),
      'a NUL character or half of a surrogate pair',
    ],
    ['a member twice', element(',"b":1,"b":1'), 'a member twice'],
    ['a member twice, once escaped', element(',"\\u0062":1,"b":2'), 'a member twice'],
    ['a member twice far inside', element(',"b":[{"c":{"d":1,"d":2}}]'), 'a member twice'],
    ['a number that overflows', element(',"b":1e400'), 'more digits'],
    ['a number that would be rounded', element(',"b":0.12345678901234567890'), 'more digits'],
    ['17 levels', element(`,"b":${'['.repeat(15)}${']'.repeat(15)}`), '16 levels'],
    ['brackets without end', '['.repeat(16_000), '16 levels'],
    ['65 elements', `[${'{"type":"a"},'.repeat(64)}{"type":"a"}]`, '64 elements'],
    ['more than 16 KiB', element(`,"b":"${'x'.repeat(16_384)}"`), '16384 bytes'],
    ['more than 16 KiB in UTF-8', element(`,"b":"${'ä'.repeat(8_200)}"`), '16384 bytes'],
  ])('with %s is refused', (_, text, hint) => {
    expect(refusalOf(text)).toContain(`invalid_authorization_details 'authorization_details': `);
    expect(refusalOf(text)).toContain(hint);
  });

  it('may reach the limits', () => {
    expect(refusalOf(element(`,"b":${'['.repeat(14)}${']'.repeat(14)}`))).toBeUndefined();
    expect(refusalOf(`[${'{"type":"a"},'.repeat(63)}{"type":"a"}]`)).toBeUndefined();
    expect(refusalOf(element(`,"b":"${'x'.repeat(16_360)}"`))).toBeUndefined();
    expect(refusalOf(element(',"b":"a member: \\"b\\":1"'))).toBeUndefined();
  });

  it('is read or refused, whatever it is', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((text) => element(`,"b":${text}`)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(refusalOf(text) ?? 'invalid_authorization_details').toContain('invalid_authorization_details');
      }),
    );
  });
});

describe('details that were parsed before', () => {
  const read = (value: JsonValue) => readAuthorizationDetails(value, invalidRequest);
  const nested = (levels: number): JsonValue => (levels === 0 ? 'x' : [nested(levels - 1)]);

  it('may be none', () => {
    expect(read([])).toEqual([]);
  });

  it.each<[string, JsonValue]>([
    ['a number that JSON cannot hold', [{ type: 'a', b: [{ c: Infinity }] }]],
    ['no list', {}],
    ['an element without a type', [{ a: 1 }]],
    ['too many elements', Array.from({ length: 65 }, () => ({ type: 'a' }))],
    ['too many levels', [{ type: 'a', b: nested(15) }]],
    ['too many bytes', [{ type: 'a', b: 'x'.repeat(16_384) }]],
  ])('are refused: %s', (_, value) => {
    expect(() => read(value)).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error);
  });
});

const detail = (more: Record<string, JsonValue> = {}): AuthorizationDetail => ({ type: 'a', ...more });

describe('two details are equal', () => {
  it.each<[string, AuthorizationDetail, AuthorizationDetail, boolean]>([
    ['in another order of members', detail({ b: { c: 1, d: 2 } }), { b: { d: 2, c: 1 }, type: 'a' }, true],
    ['in another order of actions', detail({ actions: ['x', 'y'] }), detail({ actions: ['y', 'x', 'x'] }), true],
    ['in another order of an unknown list', detail({ steps: [1, 2] }), detail({ steps: [2, 1] }), false],
    [
      'in another order of a list inside',
      detail({ b: { actions: [1, 2] } }),
      detail({ b: { actions: [2, 1] } }),
      false,
    ],
    ['with the same big integer', detail({ n: 2n ** 70n }), detail({ n: 2n ** 70n }), true],
    ['with another big integer', detail({ n: 2n ** 70n }), detail({ n: 2n ** 70n + 1n }), false],
    ['with a number and a text', detail({ n: 1 }), detail({ n: '1' }), false],
    ['with null and nothing', detail({ n: null }), detail(), false],
  ])('%s: or not', (_, one, other, same) => {
    expect(canonicalDetail(one) === canonicalDetail(other)).toBe(same);
    expect(equalsGranted([one], [other])).toBe(same);
  });

  it('also after a way through JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false })), (members) => {
        const one = { ...(members as Record<string, JsonValue>), type: 'a' };
        const other = parseJson(stringifyJson(one)) as AuthorizationDetail;
        expect(canonicalDetail(other)).toBe(canonicalDetail(one));
      }),
    );
  });

  it('but what was granted once does not cover two of it', () => {
    expect(equalsGranted([detail()], [detail(), detail()])).toBe(false);
    expect(equalsGranted([detail(), detail(), detail({ b: 1 })], [detail(), detail()])).toBe(true);
  });
});

describe('what was granted covers (RFC 9396 §6)', () => {
  const granted = [
    detail({ actions: ['x', 'y'], amount: 5 }),
    detail({ steps: [{ n: 1 }, { n: 2 }, { n: 2 }] }),
    detail({ locations: [] }),
  ];

  it.each<[string, AuthorizationDetail[], boolean]>([
    ['an equal element', [detail({ amount: 5, actions: ['y', 'x'] })], true],
    ['a part of the actions', [detail({ actions: ['y'], amount: 5 })], true],
    ['two parts of one element', [detail({ actions: ['x'], amount: 5 }), detail({ actions: ['y'], amount: 5 })], true],
    ['no further action', [detail({ actions: ['x', 'z'], amount: 5 })], false],
    ['no empty list, which may mean all', [detail({ actions: [], amount: 5 })], false],
    ['an empty list that was granted', [detail({ locations: [] })], true],
    ['no other amount', [detail({ actions: ['x'], amount: 6 })], false],
    ['no missing member', [detail({ actions: ['x'] })], false],
    ['no further member', [detail({ actions: ['x'], amount: 5, more: 1 })], false],
    ['no other type', [{ type: 'b', actions: ['x'], amount: 5 }], false],
    ['a list in its order', [detail({ steps: [{ n: 1 }, { n: 2 }] })], true],
    ['a list with what repeats in it', [detail({ steps: [{ n: 2 }, { n: 2 }] })], true],
    ['no list with more repetitions', [detail({ steps: [{ n: 1 }, { n: 1 }] })], false],
    ['no list in another order', [detail({ steps: [{ n: 2 }, { n: 1 }] })], false],
    ['no element twice', [detail({ locations: [] }), detail({ locations: [] })], false],
    ['no part twice', [detail({ actions: ['x'], amount: 5 }), detail({ actions: ['x'], amount: 5 })], false],
  ])('%s', (_, wanted, isCovered) => {
    expect(firstUncovered(granted, wanted)).toBe(isCovered ? undefined : wanted.length - 1);
  });

  it('nothing, if nothing was granted', () => {
    expect(firstUncovered([], [detail()])).toBe(0);
  });
});
