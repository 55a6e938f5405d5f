/**
 * The check of a configuration against the schema, from ajv. Here it is compiled when it is needed; the bundle has the code
 * that ajv generates instead (scripts/bundle/configuration-check.mjs), for to compile it is a tenth of a start.
 */
import type { ErrorObject } from 'ajv';
import { createChecker } from './schema-checker.js';
import { type ConfigurationTree, isTree, valueAt } from './configuration-tree.js';
import { type JsonSchema, resolved, schemaDocument } from './schema-node.js';

export function schemaErrors(values: ConfigurationTree): ErrorObject[] {
  const { type, additionalProperties, properties } = schemaDocument();
  const check = createChecker().compile(relevantPart({ type, additionalProperties, properties }, values));
  return check(values) ? [] : (check.errors ?? []);
}

/** The schema of the given keys only: the whole one takes several times as long. */
function relevantPart(schema: JsonSchema, value: unknown): JsonSchema {
  const { properties, items, ...rest } = resolved(schema);
  const given = Object.entries(properties ?? {}).filter(([name]) => isTree(value) && Object.hasOwn(value, name));
  const relevant = given.map(([name, below]) => [name, relevantPart(below, valueAt(value, [name]))]);
  return {
    ...rest,
    ...(properties && { properties: Object.fromEntries(relevant) as Record<string, JsonSchema> }),
    ...(items && { items: resolved(items) }),
  };
}
