import { describe, expect, it } from 'vitest';
import { lineChunks } from './line-chunks.js';

// eslint-disable-next-line @typescript-eslint/require-await -- the stream of a database, without one
async function* portions(texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function chunks(texts: readonly string[], lines: number, together: boolean): Promise<string[]> {
  const found: string[] = [];
  for await (const chunk of lineChunks(portions(texts), { lines, together })) found.push(Buffer.from(chunk).toString());
  return found;
}

const LINES = ['a\t1\n', 'a\t2\n', 'b\t3\n', 'b\t4\n', 'bb\t5\n', 'c\t6\n'];
const TOGETHER = [
  [1, ['a\t1\na\t2\n', 'b\t3\nb\t4\n', 'bb\t5\n', 'c\t6\n']],
  [2, ['a\t1\na\t2\n', 'b\t3\nb\t4\n', 'bb\t5\nc\t6\n']],
  [3, ['a\t1\na\t2\nb\t3\nb\t4\n', 'bb\t5\nc\t6\n']],
  [9, [LINES.join('')]],
] as const;

describe.each([
  ['line by line', LINES],
  ['two by two', [LINES.slice(0, 2), LINES.slice(2, 4), LINES.slice(4)].map((two) => two.join(''))],
  ['at once', [LINES.join('')]],
])('lines that come %s', (_, texts) => {
  it.each(TOGETHER)('are cut after %d, between different first values', async (lines, expected) => {
    expect(await chunks(texts, lines, true)).toEqual(expected);
  });

  it('are cut at their number where they need not stay together', async () => {
    expect(await chunks(texts, 1, false)).toEqual(LINES);
    expect(await chunks(texts, 4, false)).toEqual([LINES.slice(0, 4).join(''), LINES.slice(4).join('')]);
  });
});

it('lines of megabytes are cut before their number where they need not stay together', async () => {
  const line = `a\t${'x'.repeat(1_500_000)}\n`;
  const sizes = async (together: boolean): Promise<number[]> =>
    (await chunks([line.repeat(2), line, line.repeat(2), line], 1_000, together)).map(({ length }) => length);
  expect(await sizes(false)).toEqual([3 * line.length, 3 * line.length]);
  expect(await sizes(true)).toEqual([6 * line.length]);
});

it('no lines are no chunk', async () => {
  expect(await chunks([], 1, true)).toEqual([]);
});
