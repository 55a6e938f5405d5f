import { describe, expect, it } from 'vitest';
import type { Chunk } from '../source/line-chunks.js';
import { resultsOf } from './threads.js';

/** The program of a thread, as text. It has `port`. */
const program = (text: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort as port } from 'node:worker_threads'; ${text}`)}`,
  );

const ANSWERS = `port.on('message', ([byte]) => port.postMessage({ rows: byte, unreadable: 0, opened: [] }));`;

// eslint-disable-next-line @typescript-eslint/require-await -- the stream of a database, without one
async function* chunks(count: number): AsyncGenerator<Chunk> {
  for (let byte = 1; byte <= count; byte++) yield Uint8Array.of(byte);
}

async function resultsWith(text: string, count: number, threads = 2): Promise<number[]> {
  const found: number[] = [];
  const work = { task: 'open', settings: { secrets: [] }, threads, entry: program(text) } as const;
  for await (const { rows } of resultsOf(chunks(count), work)) found.push(rows);
  return found;
}

describe('chunks that other threads work on', () => {
  it.each([1, 2, 3])('come back in their order from %d', async (threads) => {
    expect(await resultsWith(ANSWERS, 20, threads)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it.each([
    ['fails', `port.on('message', () => { throw new Error('no such row'); });`, 'no such row'],
    [
      'fails in the middle',
      `let n = 0; port.on('message', (m) => { if (++n === 4) throw new Error('no such row'); port.postMessage({ rows: m[0] }); });`,
      'no such row',
    ],
    ['fails before its first chunk', `throw new Error('no program');`, 'no program'],
    ['ends without an error', `port.on('message', () => process.exit(0));`, 'A thread of the import has ended (0).'],
    ['ends at once', `process.exit(3);`, 'A thread of the import has ended (3).'],
  ])('are refused where a thread %s', async (_, text, why) => {
    await expect(resultsWith(text, 20)).rejects.toThrow(why);
  });
});
