import { describe, expect, it } from 'vitest';
import { isWritable, jsonList, jsonObject, jsonValue, pipedList } from './lists.js';

describe('a list', () => {
  it.each([
    [null, []],
    ['', []],
    ['openid', ['openid']],
    ['openid|offline_access', ['openid', 'offline_access']],
    ['with space|ünï', ['with space', 'ünï']],
  ])('with pipes: %j', (text, list) => {
    expect(pipedList(text)).toEqual(list);
  });

  it.each([
    [null, []],
    ['null', []],
    ['[]', []],
    ['["code", "code id_token"]', ['code', 'code id_token']],
    ['["a", 1, null, {"b": 2}]', ['a']],
    ['{"a": 1}', []],
    ['"a"', []],
    ['[', []],
  ])('as JSON: %j', (text, list) => {
    expect(jsonList(text)).toEqual(list);
  });
});

describe('JSON', () => {
  it.each([
    [null, {}],
    ['null', {}],
    ['{}', {}],
    ['[]', {}],
    ['{"n": 90071992547409931234, "deep": {"x": 1.5}}', { n: 90071992547409931234n, deep: { x: 1.5 } }],
  ])('as an object: %j', (text, object) => {
    expect(jsonObject(text)).toEqual(object);
  });

  it.each([
    [null, null],
    ['null', null],
    ['"text"', 'text'],
    ['false', false],
    ['[]', []],
    ['123456789012345678901', 123456789012345678901n],
    ['no JSON', null],
  ])('as any value: %j', (text, value) => {
    expect(jsonValue(text)).toEqual(value);
  });

  it('can be written unless it is nested as deeply as no claim is', () => {
    const nested = (levels: number): [string, ReturnType<typeof jsonValue>] => {
      const text = '['.repeat(levels) + '1' + ']'.repeat(levels);
      return [text, jsonValue(text)];
    };
    for (const [levels, writable] of [
      [10, true],
      [1_000, true],
      [1_001, false],
      [50_000, false],
    ] as const) {
      const [text, value] = nested(levels);
      expect(isWritable(value, text.length)).toBe(writable);
    }
  });
});
