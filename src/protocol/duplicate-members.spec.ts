import { describe, expect, it } from 'vitest';
import { hasDuplicateMembers } from './duplicate-members.js';

describe('an object that names a member twice', () => {
  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"b":{"a":{},"a":[]}}',
    '[0,{"a":1,"b":{"a":2},"a":3}]',
    '{"__proto__":1,"__proto__":2}',
    '{"":1,"":2}',
    '{ "a" : 1 , "a" : 2 }',
    '{"a\\"":1,"a\\"":2}',
  ])('is found: %s', (json) => {
    expect(hasDuplicateMembers(json)).toBe(true);
  });

  it.each([
    '{}',
    '"a:a"',
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
    '{"a":"a","b":"a"}',
    '{"a":"\\"b\\":1,\\"b\\":2"}',
    '{"a":"{\\"b\\":1","b":2}',
    '{"a\\\\":1,"a":2}',
    '["a","a"]',
    '{"A":1,"a":2}',
  ])('is not in %s', (json) => {
    expect(hasDuplicateMembers(json)).toBe(false);
  });
});
