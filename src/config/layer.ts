import { type Fault, NOT_SET } from './fault.js';
import type { Path } from './schema-node.js';
import { merged, type ConfigurationTree, valueAt } from './configuration-tree.js';

/** One source of values. Later layers take precedence. */
export interface Layer {
  values: ConfigurationTree;
  /** The errors in this source. */
  faults: readonly Fault[];
  /** The place where this layer's value at the path was given. */
  locate(path: Path): string;
}

export function mergedLayers(layers: readonly Layer[]): ConfigurationTree {
  return layers.reduce<ConfigurationTree>((tree, layer) => merged(tree, layer.values), {});
}

/** The place of the value at the path in the last layer that has it. For a missing value, that of the group around it. */
export function sourceOf(layers: readonly Layer[], path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const layer = layers.findLast(({ values }) => valueAt(values, part) !== undefined);
    if (layer) return layer.locate(part);
  }
  return NOT_SET;
}
