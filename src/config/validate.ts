/** Checks merged values against the schema, and describes for the operator what is expected instead. */
import type { ErrorObject } from 'ajv';
import { didYouMean } from './did-you-mean.js';
import { type Fault, faultLine, shownValue } from './fault.js';
import { type Layer, sourceOf } from './layer.js';
import { type ConfigurationTree, valueAt } from './configuration-tree.js';
import { schemaErrors } from './schema-check.js';
import type { JsonSchema, Path } from './schema-node.js';

export function schemaFaults(values: ConfigurationTree, layers: readonly Layer[]): Fault[] {
  const faults = telling(schemaErrors(values)).map((error) => {
    const path = pathOf(error, values);
    const source = sourceOf(layers, path);
    return { path, source, problem: problemOf(error, path), shown: shownValue(path, valueAt(values, path)) };
  });
  return [...new Map(faults.map((fault) => [faultLine(fault), fault])).values()];
}

/** If a value has the wrong type, only that error is reported for it. */
function telling(errors: readonly ErrorObject[]): ErrorObject[] {
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  return errors.filter(({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath));
}

/** The path of the error, from its JSON pointer. Steps into lists are numbers. An unknown key is added to the path. */
function pathOf({ instancePath, keyword, params }: ErrorObject, values: ConfigurationTree): Path {
  const path: (string | number)[] = [];
  for (const part of instancePath.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(values, path)) ? Number(name) : name);
  }
  if (keyword === 'additionalProperties') path.push(String((params as Params).additionalProperty));
  return path;
}

/** The parameters that ajv reports with each keyword. */
interface Params {
  additionalProperty?: string;
  allowedValues?: unknown[];
  allowedValue?: unknown;
  limit?: number;
  missingProperty?: string;
  property?: string;
  type?: string | string[];
}

function problemOf({ keyword, params, parentSchema }: ErrorObject, path: Path): string {
  if (keyword === 'additionalProperties') return unknownKey(path);
  const given = (parentSchema as JsonSchema)['x-expects'];
  if (typeof given === 'string' && EXPLAINED.has(keyword)) return `expected ${given}`;
  return `expected ${EXPECTATIONS[keyword]?.(params as Params, parentSchema as JsonSchema) ?? 'another value'}`;
}

function unknownKey(path: Path): string {
  const meant = didYouMean(path.slice(0, -1), String(path.at(-1)));
  return meant === undefined ? 'unknown key' : `unknown key, did you mean ${meant}?`;
}

/** The keywords for which `x-expects` describes the expected value better. */
const EXPLAINED = new Set(['type', 'pattern', 'format', 'minimum', 'maximum']);

const EXPECTATIONS: Record<string, ((params: Params, schema: JsonSchema) => string) | undefined> = {
  type: ({ type }) => [type ?? []].flat().map(typeName).join(' or '),
  enum: ({ allowedValues = [] }) => `one of ${allowedValues.map(String).join(', ')}`,
  const: ({ allowedValue }) => String(allowedValue),
  minimum: (_, schema) => range(schema),
  maximum: (_, schema) => range(schema),
  minLength: ({ limit }) => `at least ${counted(limit, 'character')}`,
  minItems: ({ limit }) => `at least ${counted(limit, 'item')}`,
  uniqueItems: () => 'no item twice',
  required: ({ missingProperty }) => `the key ${missingProperty ?? ''} in it`,
  dependentRequired: ({ property, missingProperty }) => `${missingProperty ?? ''} together with ${property ?? ''}`,
};

const TYPE_NAMES: Record<string, string | undefined> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
};

const typeName = (type: string): string => TYPE_NAMES[type] ?? type;

const counted = (count = 0, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function range(schema: JsonSchema): string {
  const [from, to] = [schema.minimum, schema.maximum].map((limit) => JSON.stringify(limit));
  return to === undefined ? `at least ${from ?? ''}` : `a number from ${from ?? ''} to ${to}`;
}
