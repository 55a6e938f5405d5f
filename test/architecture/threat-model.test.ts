import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './dependency-cruiser.js';

const DOCUMENT = 'docs/security.md';
const PATH = /^(?:src|test|migrations|docs|scripts|deploy|examples)\/[\w./-]+$/;

/** The quotes in a line: paths, and names of tests with the path before them. */
interface Quoted {
  path: string;
  test?: string;
}

function quotedIn(text: string): Quoted[] {
  let path = '';
  return [...text.matchAll(/`([^`]+)`|"([^"]+)"/g)].flatMap(([, code, test]) => {
    if (test !== undefined) return [{ path, test }];
    if (code === undefined || !PATH.test(code)) return [];
    path = code;
    return [{ path }];
  });
}

async function isThere({ path, test }: Quoted): Promise<boolean> {
  const file = join(root, path);
  if (test === undefined)
    return access(file).then(
      () => true,
      () => false,
    );
  const source = await readFile(file, 'utf8').catch(() => '');
  return [`'${test}'`, `"${test}"`, `\`${test}\``].some((literal) => source.includes(literal));
}

describe('the threat model', () => {
  it('names existing files and tests', async () => {
    const lines = (await readFile(join(root, DOCUMENT), 'utf8')).split('\n');
    const quoted = lines.flatMap(quotedIn);
    expect(quoted.filter(({ test }) => test !== undefined).length).toBeGreaterThan(50);
    const found = await Promise.all(quoted.map(isThere));
    expect(quoted.filter((_, i) => !found[i])).toEqual([]);
  });

  it('names a proof of each answer, except for at most four outside this repository', async () => {
    const rows = (await readFile(join(root, DOCUMENT), 'utf8'))
      .split('\n')
      .filter((line) => /^\| .*\| *\|$/.test(line));
    expect(rows.length).toBeLessThanOrEqual(4);
  });
});
