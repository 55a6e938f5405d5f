/** A configuration as nested values, read from files and variables. No function here follows a key into a prototype. */
import type { Path } from './schema-node.js';

export type ConfigurationTree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is ConfigurationTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Merges groups key by key. A list or a plain value of the later tree replaces the earlier one. */
export function merged(earlier: ConfigurationTree, later: ConfigurationTree): ConfigurationTree {
  const names = [...new Set([...Object.keys(earlier), ...Object.keys(later)])];
  return Object.fromEntries(
    names.map((name) => {
      const [old, young] = [own(earlier, name), own(later, name)];
      if (isTree(old) && isTree(young)) return [name, merged(old, young)];
      return [name, young === undefined ? old : young];
    }),
  );
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const step of path) here = own(here, step);
  return here;
}

/** A copy with the value at the path. Missing lists and groups along the path are created. */
export function withValue(value: unknown, path: Path, leaf: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return leaf;
  const below = withValue(own(value, step), rest, leaf);
  if (typeof step === 'string')
    return Object.fromEntries([...Object.entries(isTree(value) ? value : {}), [step, below]]);
  const list: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [];
  list[step] = below;
  return list;
}

/** A copy without the value at the path. If the path leads to an item, the whole list is removed. */
export function without(tree: ConfigurationTree, path: Path): ConfigurationTree {
  const index = path.findIndex((step) => typeof step === 'number');
  const [step, ...rest] = index < 0 ? path : path.slice(0, index);
  if (typeof step !== 'string') return {};
  const below = own(tree, step);
  if (rest.length > 0 && isTree(below)) return { ...tree, [step]: without(below, rest) };
  return Object.fromEntries(Object.entries(tree).filter(([name]) => name !== step));
}

/** A copy without the keys that have no value: an empty key in YAML counts as absent. */
export function withoutNulls(value: unknown): unknown {
  if (!isTree(value)) return value;
  const given = Object.entries(value).filter(([, below]) => below !== null && below !== undefined);
  return Object.fromEntries(given.map(([name, below]) => [name, withoutNulls(below)]));
}

function own(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string | number, unknown>)[step];
}
