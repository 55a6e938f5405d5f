import { parseDuration } from '../protocol/duration.js';
import type { SchemaNode } from './schema-node.js';
import { isTree, type ConfigurationTree } from './configuration-tree.js';

/**
 * Fills in the defaults of the schema, and converts durations into seconds. Groups without effect stay as they were given,
 * so that `ignoredKeys` finds no defaults in them.
 */
export function withDefaults(values: ConfigurationTree, node: SchemaNode): ConfigurationTree {
  const known = [...node.properties].map(([name, child]) => [name, valueOf(values[name], child)] as const);
  return { ...values, ...Object.fromEntries(known.filter(([, value]) => value !== undefined)) };
}

function valueOf(given: unknown, node: SchemaNode): unknown {
  if (node.ignored !== undefined) return given;
  const value = given ?? node.default;
  if (node.duration) return secondsOf(value);
  if (!node.types.includes('object') || node.properties.size === 0) return value;
  if (value === undefined) return node.optional ? undefined : withDefaults({}, node);
  return isTree(value) ? withDefaults(value, node) : value;
}

/** Converts a duration that the schema accepted. -1, as text or number, stays -1. */
function secondsOf(value: unknown): number {
  const text = String(value);
  return text === '-1' ? -1 : (parseDuration(text) ?? 0);
}
