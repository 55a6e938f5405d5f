/** The schema as a tree of keys, with references resolved: what defaults, environment variables and messages need. */
import { readFileSync } from 'node:fs';

/** Steps from the root: names of keys, and indexes of lists. */
export type Path = readonly (string | number)[];

export interface SchemaNode {
  /** `string`, `integer`, `number`, `boolean`, `array`, `object`. */
  types: readonly string[];
  properties: ReadonlyMap<string, SchemaNode>;
  /** Of a list. */
  items?: SchemaNode;
  /** Any key is a value of this node: a map such as `urls.identity_provider.headers`. */
  values?: SchemaNode;
  /** Whether unknown keys are tolerated. */
  open: boolean;
  /** A group that some keys must be given in, and which therefore has no defaults while it is absent. */
  optional: boolean;
  default?: unknown;
  description: string;
  /** A text such as `1h`, which becomes seconds. */
  duration: boolean;
  /** Never printed; it may come from a file that `…_FILE` names. */
  secret: boolean;
  /** Read only at boot. */
  boot: boolean;
  /** Why the key has no effect in this version. */
  ignored?: string;
  /** Whether there is a variable for it. */
  environment: boolean;
  /** What is expected, for messages. */
  expects?: string;
  /** How an absent value is derived, for the documentation. */
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

/** A reference with what stands beside it, which adds to and wins over what is referred to. */
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
