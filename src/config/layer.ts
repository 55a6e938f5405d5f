import { type Fault, NOT_SET } from './fault.js';
import type { Path } from './schema-node.js';
import { merged, type Tree, valueAt } from './tree.js';

/** One place that values come from. Later layers win. */
export interface Layer {
  values: Tree;
  /** What could not be read. */
  faults: readonly Fault[];
  /** Where the value at the path, which this layer has, was given. */
  locate(path: Path): string;
}

export function mergedLayers(layers: readonly Layer[]): Tree {
  return layers.reduce<Tree>((tree, layer) => merged(tree, layer.values), {});
}

/** Where the value at the path was given, by the last layer that has it; for a missing one, the group around it. */
export function sourceOf(layers: readonly Layer[], path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const layer = layers.findLast(({ values }) => valueAt(values, part) !== undefined);
    if (layer) return layer.locate(part);
  }
  return NOT_SET;
}
