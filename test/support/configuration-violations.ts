/** Values that the configuration's schema forbids, one violation at a time. */
import { keyOf } from '../../src/config/fault.js';
import { type JsonSchema, type Path, resolved, schemaDocument } from '../../src/config/schema-node.js';

/** Every key, and every item of a list, with its whole schema. */
export function* schemasBelow(schema: JsonSchema, path: Path = []): Generator<{ path: Path; schema: JsonSchema }> {
  const whole = resolved(schema);
  if (path.length > 0) yield { path, schema: whole };
  for (const [name, below] of Object.entries(whole.properties ?? {})) yield* schemasBelow(below, [...path, name]);
  if (whole.items) yield* schemasBelow(whole.items, [...path, 0]);
  if (typeof whole.additionalProperties === 'object') yield* schemasBelow(whole.additionalProperties, [...path, 'any']);
}

export interface Violation {
  /** The key as messages name it. */
  key: string;
  keyword: string;
  path: Path;
  value: unknown;
  /** The whole schema of the key. */
  schema: JsonSchema;
}

/** Each keyword of each key with a value that violates it. */
export function violations(): Violation[] {
  return [...schemasBelow(schemaDocument())].flatMap(({ path, schema }) =>
    Object.entries(VIOLATING).flatMap(([keyword, violate]) => {
      if (schema[keyword] === undefined || (keyword === 'additionalProperties' && schema[keyword] !== false)) return [];
      const below = keyword === 'additionalProperties' ? [...path, 'no_such_key'] : path;
      return [{ key: keyOf(below), keyword, path, value: violate(schema), schema }];
    }),
  );
}

const VIOLATING: Record<string, (schema: JsonSchema) => unknown> = {
  type: ({ type }) => ([type].flat().includes('boolean') ? 'yes' : true),
  enum: () => 'no-such-value',
  const: () => 'no-such-value',
  pattern: () => ' ',
  format: () => 'http://a b',
  minimum: ({ minimum }) => Number(minimum) - 1,
  maximum: ({ maximum }) => Number(maximum) + 1,
  minLength: ({ minLength }) => 'x'.repeat(Number(minLength) - 1),
  minItems: () => [],
  uniqueItems: () => ['*', '*'],
  required: () => ({}),
  dependentRequired: () => ({ length: 8 }),
  additionalProperties: () => ({ no_such_key: 1 }),
};
