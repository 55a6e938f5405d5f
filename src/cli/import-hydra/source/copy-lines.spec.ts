import { expect, it } from 'vitest';
import { wholeLines } from './copy-lines.js';

const LINES = ['one\n', '\n', 'three\tand more\n', '4\n'];
const TEXT = LINES.join('');

async function linesOf(...texts: string[]): Promise<string[]> {
  const pieces = (async function* (): AsyncGenerator<Buffer> {
    for (const text of texts) yield await Promise.resolve(Buffer.from(text));
  })();
  const found: string[] = [];
  for await (const lines of wholeLines(pieces)) found.push(lines.toString());
  return found;
}

it.each([1, 2, 3, 5, 7, 11, 100])('pieces of %d bytes give whole lines, and all of them', async (size) => {
  const pieces = Array.from({ length: Math.ceil(TEXT.length / size) }, (_, i) => TEXT.slice(i * size, (i + 1) * size));
  const found = await linesOf(...pieces);
  expect(found.join('')).toBe(TEXT);
  for (const lines of found) expect(lines).toMatch(/\n$/);
});

it('lines that come in one piece stay together', async () => {
  expect(await linesOf(TEXT)).toEqual([TEXT]);
});

it('nothing is no line', async () => {
  expect(await linesOf()).toEqual([]);
});

it('an end within a line is told', async () => {
  await expect(linesOf('one\ntw', 'o')).rejects.toThrow('ended within a row');
});
