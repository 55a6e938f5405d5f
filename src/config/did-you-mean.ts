/** Suggestions for keys that do not exist. */
import { keyOf } from './fault.js';
import { keysBelow, nodeAt, type Path, schemaTree } from './schema-node.js';

/** The share of characters that a typing mistake may change. */
const TOLERANCE = 0.25;

/**
 * The key that was probably meant, as a dotted path: a key of the same group with a similar name, otherwise the only key
 * anywhere with the same last name (`issuer` → `urls.self.issuer`).
 */
export function didYouMean(group: Path, unknown: string): string | undefined {
  const siblings = [...(nodeAt(group)?.properties.keys() ?? [])];
  const close = siblings
    .map((name) => ({ name, edits: editDistance(unknown.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.floor(Math.max(name.length, unknown.length) * TOLERANCE)))
    .sort((a, b) => a.edits - b.edits)[0];
  if (close) return keyOf([...group, close.name]);
  const namesakes = [...keysBelow(schemaTree())].filter(({ path }) => path.at(-1) === unknown);
  return namesakes.length === 1 ? namesakes[0]?.path.join('.') : undefined;
}

/** The least number of insertions, deletions, replacements and swaps of neighbouring characters. */
export function editDistance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
