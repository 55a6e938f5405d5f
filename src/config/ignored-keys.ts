import type { Configuration } from './configuration.js';
import { didYouMean } from './did-you-mean.js';
import { keyOf } from './fault.js';
import { type Path, schemaTree, type SchemaNode } from './schema-node.js';
import { isTree } from './tree.js';

export interface IgnoredKey {
  /** Dotted path. */
  key: string;
  /** Why it has no effect, for a line at boot. */
  reason: string;
}

/**
 * The keys that were given and have no effect in this version, and unknown ones in the groups where the reference
 * tolerates them. A key that says what holds anyway is not among them.
 */
export function ignoredKeys(configuration: Configuration): IgnoredKey[] {
  return [...ignoredIn(configuration, schemaTree(), [])];
}

function* ignoredIn(value: unknown, node: SchemaNode, path: Path): Generator<IgnoredKey> {
  if (node.ignored !== undefined) {
    if (differs(value, node)) yield { key: keyOf(path), reason: node.ignored };
    return;
  }
  if (!isTree(value) || node.values) return;
  for (const [name, below] of Object.entries(value)) {
    const child = node.properties.get(name);
    if (child) yield* ignoredIn(below, child, [...path, name]);
    else if (node.open) yield unknownKey(path, name);
  }
}

function unknownKey(path: Path, name: string): IgnoredKey {
  const meant = didYouMean(path, name);
  return {
    key: keyOf([...path, name]),
    reason: meant === undefined ? 'unknown key' : `unknown key, did you mean ${meant}?`,
  };
}

/** Whether something below is not as it is without it. */
function differs(value: unknown, node: SchemaNode): boolean {
  if (value === undefined) return false;
  if (!isTree(value)) return JSON.stringify(value) !== JSON.stringify(node.default);
  return Object.entries(value).some(([name, below]) => {
    const child = node.properties.get(name);
    return child !== undefined && differs(below, child);
  });
}
