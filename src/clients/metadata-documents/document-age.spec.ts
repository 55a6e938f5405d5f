import { expect, it } from 'vitest';
import { usableFor } from './document-age.js';

const BOUNDS = { min_age: 300, max_age: 86_400 };
const DATE = 'Mon, 30 Nov 2026 12:00:00 GMT';

it.each([
  [{}, 300],
  [{ 'cache-control': 'max-age=3600' }, 3_600],
  [{ 'cache-control': 'public, Max-Age="3600"' }, 3_600],
  [{ 'cache-control': 'max-age=3600', age: '600' }, 3_000],
  [{ 'cache-control': 'max-age=1' }, 300],
  [{ 'cache-control': 'max-age=999999999' }, 86_400],
  [{ 'cache-control': 'max-age=99999999999999999999' }, 300],
  [{ 'cache-control': 'no-store, max-age=3600' }, 300],
  [{ 'cache-control': 'max-age=3600, no-cache' }, 300],
  [{ 'cache-control': 's-max-age=7200' }, 300],
  [{ expires: 'Mon, 30 Nov 2026 13:00:00 GMT', date: DATE }, 3_600],
  [{ expires: 'Mon, 30 Nov 2026 11:00:00 GMT', date: DATE }, 300],
  [{ expires: 'Mon, 30 Nov 2026 13:00:00 GMT' }, 300],
  [{ expires: '0', date: DATE }, 300],
])('a document with %j is used for %d seconds', (headers, seconds) => {
  expect(usableFor({ headers }, BOUNDS)).toBe(seconds);
});
