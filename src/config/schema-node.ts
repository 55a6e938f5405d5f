/** The schema as a tree of keys with resolved references, for defaults, environment variables and messages. */
import { readFileSync } from 'node:fs';

/** The steps from the root: names of keys, and indexes of lists. */
export type Path = readonly (string | number)[];

export interface SchemaNode {
  /** `string`, `integer`, `number`, `boolean`, `array`, `object`. */
  types: readonly string[];
  properties: ReadonlyMap<string, SchemaNode>;
  /** The node of the items, if this is a list. */
  items?: SchemaNode;
  /** The node of the values, if this is a map with any keys, such as `urls.identity_provider.headers`. */
  values?: SchemaNode;
  /** Whether unknown keys are tolerated. */
  open: boolean;
  /** Whether this is a group with required keys. While such a group is absent, it has no defaults. */
  optional: boolean;
  default?: unknown;
  description: string;
  /** Whether the value is a duration such as `1h`, which is converted into seconds. */
  duration: boolean;
  /** Whether the value is never printed. A secret may come from a file that `…_FILE` names. */
  secret: boolean;
  /** Whether the value is read only at boot. */
  boot: boolean;
  /** The reason why the key has no effect in this version. */
  ignored?: string;
  /** Whether the key has an environment variable. */
  environment: boolean;
  /** The expected value, for messages. */
  expects?: string;
  /** The value that an absent key gets, for the documentation. */
  derived?: string;
}

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  $defs?: Record<string, JsonSchema>;
  default?: unknown;
  description?: string;
  [keyword: string]: unknown;
}

let document: JsonSchema | undefined;
let tree: SchemaNode | undefined;

/** The published schema. */
export function schemaDocument(): JsonSchema {
  const read = (): string => readFileSync(new URL('./config.schema.json', import.meta.url), 'utf8');
  document ??= JSON.parse(read()) as JsonSchema;
  return document;
}

export function schemaTree(): SchemaNode {
  tree ??= nodeOf(schemaDocument(), { boot: false, secret: false });
  return tree;
}

/** The node of a path, or undefined where the path leaves the schema. */
export function nodeAt(path: Path): SchemaNode | undefined {
  let node: SchemaNode | undefined = schemaTree();
  for (const step of path) {
    node = typeof step === 'number' ? node?.items : (node?.properties.get(step) ?? node?.values);
  }
  return node;
}

/** Every key below a node, parents first, with its path. */
export function* keysBelow(node: SchemaNode, path: string[] = []): Generator<{ path: string[]; node: SchemaNode }> {
  for (const [name, child] of node.properties) {
    const below = [...path, name];
    yield { path: below, node: child };
    yield* keysBelow(child, below);
  }
}

type Inherited = Pick<SchemaNode, 'boot' | 'secret'>;

function nodeOf(given: JsonSchema, above: Inherited): SchemaNode {
  const schema = resolved(given);
  const inherited = {
    boot: above.boot || schema['x-boot'] === true,
    secret: above.secret || schema['x-secret'] === true,
  };
  const { additionalProperties: more = true } = schema;
  return {
    types: [schema.type ?? []].flat(),
    properties: new Map(
      Object.entries(schema.properties ?? {}).map(([name, child]) => [name, nodeOf(child, inherited)]),
    ),
    ...(schema.items && { items: nodeOf(schema.items, inherited) }),
    ...(typeof more === 'object' && { values: nodeOf(more, inherited) }),
    open: more === true,
    optional: Array.isArray(schema.required),
    default: schema.default,
    description: schema.description ?? '',
    duration: schema['x-duration'] === true,
    ...inherited,
    ignored: text(schema['x-ignored']),
    environment: schema['x-env'] !== false,
    expects: text(schema['x-expects']),
    derived: text(schema['x-default']),
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The target of the reference, with the keywords beside `$ref`, which are added or take precedence. */
export function resolved(schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  const target = schemaDocument().$defs?.[$ref.replace('#/$defs/', '')];
  if (!target) throw new Error(`The schema refers to ${$ref}, which it does not have.`);
  const base = resolved(target);
  return { ...base, ...beside, properties: joined(base.properties, beside.properties) };
}

function joined(base: JsonSchema['properties'] = {}, beside: JsonSchema['properties'] = {}): JsonSchema['properties'] {
  const added = Object.entries(beside).map(([name, schema]) => [name, { ...base[name], ...schema }] as const);
  return { ...base, ...Object.fromEntries(added) };
}
