/**
 * The facts of an OpenAPI document that a generated SDK depends on, without descriptions and formats. As a program it
 * prints them: `node test/contract/facts.mjs openapi.json > test/contract/reference-operations.json`
 */
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const FORM = 'application/x-www-form-urlencoded';
const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

export function factsOf(document) {
  const operations = {};
  const schemas = {};
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = operationFacts(document, { path, method }, item[method]);
      operations[operation.id] = operation.facts;
      collect(document, schemas, Object.values(operation.facts.body ?? {}), 'request');
      collect(document, schemas, Object.values(operation.facts.responses).flatMap(Object.values), 'response');
    }
  }
  return sorted({ operations: sorted(operations), schemas: sorted(schemas) });
}

function operationFacts(document, { path, method }, operation) {
  const parameters = (operation.parameters ?? []).map((parameter) => resolve(document, parameter));
  const facts = {
    method,
    path,
    tags: operation.tags ?? [],
    parameters: sorted(Object.fromEntries(parameters.map((parameter) => parameterFacts(document, parameter)))),
    ...bodyFacts(document, operation),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [
        status,
        contentTypes(document, resolve(document, response).content),
      ]),
    ),
  };
  return { id: operation.operationId, facts };
}

function bodyFacts(document, { requestBody }) {
  if (!requestBody) return {};
  const { content } = resolve(document, requestBody);
  const form = content[FORM]?.schema;
  const fields = form && objectFacts(document, resolve(document, form));
  return { body: contentTypes(document, content), ...(fields && { fields }) };
}

function parameterFacts(document, { name, in: place, required = false, schema }) {
  return [`${place}:${name}`, { type: typeOf(document, schema), required }];
}

function contentTypes(document, content = {}) {
  return Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, typeOf(document, schema)]));
}

/** Adds the named schemas of these types, and the schemas that those use. */
function collect(document, schemas, types, use) {
  for (const [, name] of types.flatMap((type) => [...type.matchAll(/#(\w+)/g)])) {
    const known = (schemas[name] ??= { ...objectFacts(document, document.components.schemas[name]), uses: [] });
    if (known.uses.includes(use)) continue;
    known.uses.push(use);
    known.uses.sort();
    collect(document, schemas, Object.values(known.properties), use);
  }
}

function objectFacts(document, { properties = {}, required = [] }) {
  const types = Object.entries(properties).map(([property, schema]) => [property, typeOf(document, schema)]);
  return { properties: sorted(Object.fromEntries(types)), required: [...required].sort() };
}

/** `string`, `array<integer>`, `map<string>`, `any`, or `#name` for an object with a name. */
function typeOf(document, schema = {}) {
  const [only, ...others] = schema.allOf ?? schema.oneOf ?? schema.anyOf ?? [];
  if (only && others.length === 0) return typeOf(document, only);
  if (schema.$ref) {
    const target = resolve(document, schema);
    return target.properties ? `#${schema.$ref.split('/').at(-1)}` : typeOf(document, target);
  }
  const [type] = [schema.type ?? (schema.additionalProperties ? 'object' : 'any')]
    .flat()
    .filter((name) => name !== 'null');
  if (type === 'array') return `array<${typeOf(document, schema.items)}>`;
  if (typeof schema.additionalProperties === 'object') return `map<${typeOf(document, schema.additionalProperties)}>`;
  return type ?? 'any';
}

function resolve(document, value) {
  if (!value.$ref) return value;
  return value.$ref
    .slice('#/'.length)
    .split('/')
    .reduce((node, key) => node[key], document);
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(factsOf(JSON.parse(readFileSync(argv[2], 'utf8'))), null, 1));
}
