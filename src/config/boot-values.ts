/** The boot values, which a running server does not change: listeners, log, database. */
import type { Configuration, ListenerConfiguration } from './configuration.js';
import { withDefaults } from './defaults.js';
import { keyOf } from './fault.js';
import { keysBelow, nodeAt, type Path, schemaTree } from './schema-node.js';
import { deepFreeze } from './deep-freeze.js';
import { type ConfigurationTree, valueAt, without, withValue } from './configuration-tree.js';

/** The keys that are read only at boot. If a whole group is, only the group is listed. */
function bootKeys(): Path[] {
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
      return value === undefined ? without(tree, path) : (withValue(tree, path, value) as ConfigurationTree);
    },
    next as unknown as ConfigurationTree,
  );
  return deepFreeze(kept as unknown as Configuration);
}

/** The boot keys whose values differ, with defaults filled in. */
export function changedBootKeys(before: ConfigurationTree, now: ConfigurationTree): string[] {
  const [old, young] = [before, now].map((values) => withDefaults(values, schemaTree()));
  const differs = (path: Path): boolean => JSON.stringify(valueAt(old, path)) !== JSON.stringify(valueAt(young, path));
  return bootKeys().filter(differs).map(keyOf);
}

/** The boot values from which others are derived. They stay fixed when a running server reads its files again. */
export function fixedValues({ dev, serve }: Configuration): ConfigurationTree {
  const address = ({ host, port, tls }: ListenerConfiguration): ConfigurationTree => ({ host, port, tls });
  return { dev, serve: { public: address(serve.public), admin: address(serve.admin) } };
}
