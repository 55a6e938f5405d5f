/** What a running server cannot change: listeners, log, database. */
import type { Configuration, ListenerConfiguration } from './configuration.js';
import { withDefaults } from './defaults.js';
import { keyOf } from './fault.js';
import { keysBelow, nodeAt, type Path, schemaTree } from './schema-node.js';
import { deepFreeze, type Tree, valueAt, without, withValue } from './tree.js';

/** The keys that are read only at boot; for a group that is so as a whole, the group. */
export function bootKeys(): Path[] {
  const isBoot = (path: Path): boolean => nodeAt(path)?.boot === true;
  return [...keysBelow(schemaTree())]
    .map(({ path }) => path)
    .filter((path) => isBoot(path) && !isBoot(path.slice(0, -1)));
}

/** The next configuration with the boot values of the current one. */
export function withBootValues(current: Configuration, next: Configuration): Configuration {
  const kept = bootKeys().reduce(
    (tree, path) => {
      const value = valueAt(current, path);
      return value === undefined ? without(tree, path) : (withValue(tree, path, value) as Tree);
    },
    next as unknown as Tree,
  );
  return deepFreeze(kept as unknown as Configuration);
}

/** The boot keys whose values, as given or by default, are not the same. */
export function changedBootKeys(before: Tree, now: Tree): string[] {
  const [old, young] = [before, now].map((values) => withDefaults(values, schemaTree()));
  const differs = (path: Path): boolean => JSON.stringify(valueAt(old, path)) !== JSON.stringify(valueAt(young, path));
  return bootKeys().filter(differs).map(keyOf);
}

/** What other values are derived from, to be fixed while a running server reads its files again. */
export function fixedValues({ dev, serve }: Configuration): Tree {
  const address = ({ host, port, tls }: ListenerConfiguration): Tree => ({ host, port, tls });
  return { dev, serve: { public: address(serve.public), admin: address(serve.admin) } };
}
