import { describe, expect, it } from 'vitest';
import { ProgressLine } from './progress-line.js';

function progress(isTTY: boolean): { line: ProgressLine; written: string[]; at: (ms: number) => void } {
  const written: string[] = [];
  let now = 0;
  const stream = { isTTY, write: (text: string) => written.push(text) > 0 };
  return { line: new ProgressLine(stream, () => now), written, at: (ms) => (now = ms) };
}

describe('progress', () => {
  it('is a line every ten seconds: the table, the rows, how many a second in this run, and the time left', () => {
    const { line, written, at } = progress(false);
    line.start('Importing', 'hydra_client', { before: 1_000, of: 10_000 });
    at(9_000);
    line.add(1_000);
    at(10_000);
    line.add(1_000);
    at(19_000);
    line.add(1);
    expect(written).toEqual(['Importing hydra_client: 3000 of 10000 rows, 200 a second, 35 s left\n']);
  });

  it('is one line on a terminal, which is written anew and cleared in the end', () => {
    const { line, written, at } = progress(true);
    line.start('Opening', 'hydra_jwk', { before: 0, of: 200 });
    at(1_000);
    line.add(1);
    at(1_100);
    line.add(1);
    line.clear();
    line.clear();
    expect(written).toEqual(['\r\u001b[KOpening hydra_jwk: 1 of 200 rows, 1 a second, 3 min 19 s left', '\r\u001b[K']);
  });
});
