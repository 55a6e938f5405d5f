import type { Configuration } from './configuration.js';
import { didYouMean } from './did-you-mean.js';
import { keyOf } from './fault.js';
import { type Path, schemaTree, type SchemaNode } from './schema-node.js';
import { isTree } from './configuration-tree.js';

interface IgnoredKey {
  /** The dotted path. */
  key: string;
  /** The reason why it has no effect, for a log line at boot. */
  reason: string;
}

/**
 * The given keys that have no effect in this version, and unknown keys in the groups where Hydra tolerates them. A key whose
 * value matches the actual behaviour is left out.
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

/** Whether a value in this group differs from its default. */
function differs(value: unknown, node: SchemaNode): boolean {
  if (value === undefined) return false;
  if (!isTree(value)) return JSON.stringify(value) !== JSON.stringify(node.default);
  return Object.entries(value).some(([name, below]) => {
    const child = node.properties.get(name);
    return child !== undefined && differs(below, child);
  });
}
