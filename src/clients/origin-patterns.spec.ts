import { expect, it } from 'vitest';
import { patternsFor } from './origin-patterns.js';

it.each([
  ['https://a.b.example', ['https://a.b.example', 'https://*.b.example', 'https://*.example']],
  ['http://APP.example:8080', ['http://app.example:8080', 'http://*.example:8080']],
  ['https://a_b.example', ['https://a_b.example', 'https://*.example']],
  ['http://localhost:3000', ['http://localhost:3000']],
  ['http://[::1]:3000', ['http://[::1]:3000']],
  ['null', []],
  ['', []],
  ['https://', []],
  ['https://a.example/', []],
  ['https://user@a.example', []],
  ['https://*.example', []],
  ['https://a.example, https://b.example', []],
  ['com.example.app://x', []],
  [`https://${'a.'.repeat(200)}example`, []],
])('%s matches the registered patterns %j', (origin, patterns) => {
  expect(patternsFor(origin)).toEqual(patterns);
});

it('there are few of them, whatever the origin', () => {
  const patterns = patternsFor(`https://${'a.'.repeat(140)}example`);
  expect(patterns).toHaveLength(11);
  expect([patterns[1], patterns.at(-1)]).toEqual([`https://*.${'a.'.repeat(9)}example`, 'https://*.example']);
});
