import { describe, expect, it } from 'vitest';
import { ProgressLine } from './progress-line.js';

function progress(
  isTTY: boolean,
  columns?: number,
): { line: ProgressLine; written: string[]; at: (ms: number) => void } {
  const written: string[] = [];
  let now = 0;
  const stream = { isTTY, columns, write: (text: string) => written.push(text) > 0 };
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
    expect(written).toEqual(['Importing hydra_client: 35 s left, 3000 of 10000 rows, 200 a second\n']);
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
    expect(written).toEqual(['\r\u001b[KOpening hydra_jwk: 3 min 19 s left, 1 of 200 rows, 1 a second', '\r\u001b[K']);
  });

  it('fits the width of the terminal, with the time left first', () => {
    const { line, written, at } = progress(true, 60);
    line.start('Importing', 'hydra_oauth2_access', { before: 0, of: 1_000_000 });
    at(1_000);
    line.add(10_000);
    expect(written).toEqual(['\r\u001b[KImporting hydra_oauth2_access: 1 min 39 s left, 10000 of 10']);
  });
});
