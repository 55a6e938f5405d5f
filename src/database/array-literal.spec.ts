import { expect, it } from 'vitest';
import { arrayLiteral } from './array-literal.js';

it.each([
  [[], '{}'],
  [['openid', 'offline'], '{"openid","offline"}'],
  [['', 'NULL', 'a,b', '{}'], '{"","NULL","a,b","{}"}'],
  [['a"b', 'a\\b'], '{"a\\"b","a\\\\b"}'],
])('%j is written as PostgreSQL reads it', (texts, literal) => {
  expect(arrayLiteral(texts)).toBe(literal);
});
