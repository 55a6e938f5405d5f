/** The lists of keys in the chart, which scripts/config-docs.mjs writes, against what the program itself reads of its schema. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keysBelow, schemaTree, type SchemaNode } from '../../src/config/schema-node.js';
import { CHART } from './tools.js';

/** In the Secret under names of their own. */
const APART = ['dsn', 'secrets.system', 'secrets.cookie'];

const listed = (name: string): string[] =>
  readFileSync(join(CHART, 'files', name), 'utf8')
    .trim()
    .split('\n');

/** The innermost keys that have the mark. */
function keysWith(mark: (node: SchemaNode) => boolean): string[] {
  const leaves = [...keysBelow(schemaTree())].filter(({ node }) => node.properties.size === 0 && mark(node));
  return leaves.map(({ path }) => path.join('.')).filter((key) => !APART.includes(key));
}

describe('the lists of the chart', () => {
  it('name the keys that a restart applies, so that a change of them replaces the pods', () => {
    expect(listed('restart-keys.txt')).toEqual(expect.arrayContaining(keysWith(({ boot }) => boot)));
  });

  it('name the keys that are secret, so that none is in the ConfigMap', () => {
    expect(listed('secret-keys.txt')).toEqual(expect.arrayContaining(keysWith(({ secret }) => secret)));
  });
});
