/**
 * The check of the configuration as code, which ajv generates here from the compiled program's schema: to generate it at every
 * start would be a tenth of the start. It takes the place of src/config/schema-check.ts in the bundle.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ajvCode from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const REPLACED = join('config', 'schema-check.js');

export function configurationCheck(compiled) {
  return {
    name: 'configuration-check',
    load: { handler: (id) => (id === join(compiled, REPLACED) ? generated(compiled) : null) },
  };
}

async function generated(compiled) {
  const load = (file) => import(pathToFileURL(join(compiled, 'config', file)).href);
  const code = checkCode({ ...(await load('schema-checker.js')), ...(await load('schema-node.js')) });
  return `
    import addedFormats from 'ajv-formats/dist/formats.js';
    import { isNetwork } from './is-network.js';
    const formats = { ...addedFormats.fullFormats, cidr: isNetwork };
    const module = {};
    ${code}
    const check = module.exports;
    export function schemaErrors(values) {
      return check(values) ? [] : check.errors;
    }`;
}

/** Code that sets `module.exports` to the check; `require` and `formats` are given to it. */
export function checkCode({ createChecker, resolved, schemaDocument }) {
  const ajv = createChecker({ inlineRefs: false, code: { source: true, formats: ajvCode._`formats` } });
  return standalone.default(ajv, ajv.compile(inParts(schemaDocument(), resolved)));
}

/** One function for each group of keys and each definition, of which V8 compiles those that are called. */
function inParts({ type, additionalProperties, properties, $defs }, resolved) {
  const keys = Object.entries(properties).map(([name, schema]) => [name, part(schema, resolved)]);
  const shared = Object.entries($defs).map(([name, schema]) => [name, part(schema, resolved)]);
  return {
    ...{ type, additionalProperties },
    properties: Object.fromEntries(keys.map(([name]) => [name, { $ref: `#/$defs/key-${name}` }])),
    $defs: Object.fromEntries([...keys.map(([name, schema]) => [`key-${name}`, schema]), ...shared]),
  };
}

/** References stay, except where keywords beside them add to their target. */
function part(schema, resolved) {
  const { $ref, ...beside } = withoutAnnotations(schema);
  if ($ref && Object.keys(beside).length === 0) return { $ref };
  const { properties, items, ...rest } = withoutAnnotations(resolved(schema));
  const below = Object.entries(properties ?? {}).map(([name, child]) => [name, part(child, resolved)]);
  return {
    ...rest,
    ...(properties && { properties: Object.fromEntries(below) }),
    ...(items && { items: part(items, resolved) }),
  };
}

/** Without what ajv ignores and no message quotes (src/config/validate.ts). */
function withoutAnnotations(schema) {
  const isNeeded = (name) =>
    !['description', 'default'].includes(name) && (!name.startsWith('x-') || name === 'x-expects');
  return Object.fromEntries(Object.entries(schema).filter(([name]) => isNeeded(name)));
}
