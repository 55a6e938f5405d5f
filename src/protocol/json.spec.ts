import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson, withoutDefaults } from './json.js';

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

  it('leaves out what is empty as its default is', () => {
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
  ])('keeps what differs, so that the defaults make it whole again: %o', (value) => {
    const kept = withoutDefaults(value, defaults);
    expect(Object.keys(kept)).toHaveLength(1);
    expect({ ...defaults, ...kept }).toEqual(value);
  });
});
