/** Lists in the chart that follow the program's own: npm run deploy:check -- --write brings them up to date. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keysBelow, nodeAt, schemaTree, type SchemaNode } from '../../src/config/schema-node.js';
import { CHART } from './tools.js';

/** In the Secret under names of their own. */
const APART = ['dsn', 'secrets.system', 'secrets.cookie'];

/** The outermost keys that have the mark. */
function keysWith(mark: (node: SchemaNode) => boolean): string[] {
  const has = (path: string[]): boolean => {
    const node = nodeAt(path);
    return node !== undefined && mark(node);
  };
  return [...keysBelow(schemaTree())]
    .filter(({ path }) => has(path) && !(path.length > 1 && has(path.slice(0, -1))))
    .map(({ path }) => path.join('.'));
}

const fileOf = (keys: string[]): string =>
  `${keys
    .filter((key) => !APART.includes(key))
    .sort()
    .join('\n')}\n`;

describe('the lists of the chart', () => {
  it('name the keys that a restart applies, so that a change of them replaces the pods', async () => {
    await expect(fileOf(keysWith(({ boot }) => boot))).toMatchFileSnapshot(join(CHART, 'files/restart-keys.txt'));
  });

  it('name the keys that are secret, so that none is in the ConfigMap', async () => {
    await expect(fileOf(keysWith(({ secret }) => secret))).toMatchFileSnapshot(join(CHART, 'files/secret-keys.txt'));
  });
});
