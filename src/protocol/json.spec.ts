import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson, withoutDefaults, withoutNulls } from './json.js';

describe('JSON with all digits', () => {
  it('keeps whole numbers beyond 2^53, and gives the others as numbers', () => {
    const text = '{"big":12345678901234567890,"small":1,"fraction":1.5}';
    const value = parseJson(text);
    expect(value).toEqual({ big: 12345678901234567890n, small: 1, fraction: 1.5 });
    expect(stringifyJson(value)).toBe(text);
  });
});

interface Sample {
  text: string;
  list: unknown;
  object: object;
  any: unknown;
}

describe('withoutDefaults', () => {
  const defaults: Sample = { text: '', list: [], object: {}, any: null };

  it('omits members that equal their defaults', () => {
    expect(withoutDefaults<Sample>({ text: '', list: [], object: {}, any: null }, defaults)).toEqual({});
  });

  it.each<Sample>([
    { ...defaults, text: 'a' },
    { ...defaults, list: [''] },
    { ...defaults, object: { a: undefined } },
    { ...defaults, any: '' },
    { ...defaults, any: [] },
    { ...defaults, any: 0n },
    { ...defaults, list: {} },
  ])('keeps members that differ, so that the defaults complete the value again: %o', (value) => {
    const kept = withoutDefaults(value, defaults);
    expect(Object.keys(kept)).toHaveLength(1);
    expect({ ...defaults, ...kept }).toEqual(value);
  });
});

describe('JSON as Go programs read it', () => {
  it('treats null as absent', () => {
    const value = parseJson('{"a":null,"b":[null,1,[null]],"c":{"d":null,"e":"x"},"f":false}');
    expect(withoutNulls(value)).toEqual({ b: [1, []], c: { e: 'x' }, f: false });
    expect(withoutNulls(null)).toBeNull();
  });

  it('passes the copy of each object together with the object', () => {
    const value = { a: { b: null } };
    const pairs: unknown[][] = [];
    withoutNulls(value, (...pair) => pairs.push(pair));
    expect(pairs).toEqual([
      [{}, value.a],
      [{ a: {} }, value],
    ]);
  });

  it('passes members with a meaning in JavaScript to the copy only', () => {
    const copy = withoutNulls(parseJson('{"__proto__":{"polluted":1},"constructor":1}'));
    expect(Object.getOwnPropertyNames(copy)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });
});
