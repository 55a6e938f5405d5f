/**
 * The JSON Schemas of types of authorization details (RFC 9396 §2), compiled when the configuration is read. The schemas are the
 * operator's but the values are strangers', so no schema may make the work grow faster than the value: patterns run on
 * an engine without backtracking, and schemas that repeat themselves without end are refused.
 */
import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, Options } from 'ajv';
import type { FormatName, FormatsPlugin } from 'ajv-formats';
import { canonicalJson } from '../protocol/canonical-json.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../protocol/json.js';
import { linearPattern } from './linear-pattern.js';
import { readText, reason } from './read-text.js';
import { rounded, roundings } from './rounded-integers.js';
import { schemaWork } from './schema-work.js';

/** What an element lacks, as a part of a sentence; undefined if it satisfies the schema. */
type DetailCheck = (detail: JsonObject) => string | undefined;

/** The number of sub-schemas that one value may meet. */
const MAX_WORK = 2_000;
const FORMATS: FormatName[] = [
  ...(['date', 'time', 'date-time', 'duration', 'uri', 'uri-reference', 'email', 'hostname'] as const),
  ...(['ipv4', 'ipv6', 'uuid', 'json-pointer'] as const),
];
/** The packages are loaded with the first schema, because most servers have none. */
const require = createRequire(import.meta.url);
type AjvModule = typeof import('ajv');
type Ajv2020Module = typeof import('ajv/dist/2020.js');

const OPTIONS: Options = {
  strict: true,
  strictTypes: false,
  strictRequired: false,
  strictTuples: false,
  ownProperties: true, // what objects inherit, such as `constructor`, is no member
  logger: false,
  code: { regExp: Object.assign(linearPattern, { code: 'linearPattern' }) },
};

/** For this keyword ajv gathers the allowed names in an object, which seems to hold those that it inherits. */
const UNEVALUATED = '"unevaluatedProperties"';
const INHERITED_NAME =
  "does not satisfy the schema of its type: a member must not have a name such as 'constructor', which objects inherit.";

/** The compiled checks. The configuration itself is plain data, and holds the schemas only. */
const checks = new WeakMap<JsonObject, DetailCheck>();

/** The schema in a file, compiled. @throws Error whose message says what is wrong with the file */
export function readDetailSchema(path: string): JsonObject {
  const schema = rounded(read(path), 'nearest') as JsonObject;
  detailCheck(schema);
  return schema;
}

/** The check of a schema, which is compiled once. @param schema from `readDetailSchema` */
export function detailCheck(schema: JsonObject): DetailCheck {
  const known = checks.get(schema);
  if (known) return known;
  const check = compiled(schema);
  checks.set(schema, check);
  return check;
}

function compiled(schema: JsonObject): DetailCheck {
  const work = schemaWork(schema, MAX_WORK);
  if (work === undefined) throw new Error('its references must not lead back to themselves');
  if (work > MAX_WORK) throw new Error(`its references and alternatives multiply to more than ${MAX_WORK} rules`);
  if (schema.$async !== undefined) throw new Error("it must not be '$async': its answer would come too late");
  const validate = checkerFor(schema).compile(schema);
  const isBlind = JSON.stringify(schema).includes(UNEVALUATED);
  return (detail) => {
    if (isBlind && hasInheritedName(detail)) return INHERITED_NAME;
    return roundings(detail).every((one) => validate(one)) ? undefined : lacking(validate.errors?.[0]);
  };
}

/** Whether a member anywhere in it has a name that objects inherit. */
function hasInheritedName(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isInherited = !Array.isArray(value) && Object.keys(value).some((name) => name in Object.prototype);
  return isInherited || Object.values(value).some(hasInheritedName);
}

function read(path: string): JsonObject {
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw new Error(reason(error), { cause: error });
  }
  const value = parsed(text);
  if (!isJsonObject(value)) throw new Error('it must be a JSON object');
  return value;
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new Error('it is no JSON', { cause });
  }
}

/** `$schema` chooses between draft 7, the default of many tools, and draft 2020-12, the default here. */
function checkerFor({ $schema }: JsonObject): Ajv {
  const isDraft7 = typeof $schema === 'string' && $schema.includes('draft-07');
  const ajv = isDraft7
    ? new (require('ajv') as AjvModule).Ajv(OPTIONS)
    : new (require('ajv/dist/2020.js') as Ajv2020Module).Ajv2020(OPTIONS);
  (require('ajv-formats') as FormatsPlugin)(ajv, FORMATS);
  ajv.removeKeyword('uniqueItems'); // compares each element with each other one
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', validate: isUnique });
  return ajv;
}

function isUnique(isDemanded: boolean, list: JsonValue[]): boolean {
  return !isDemanded || new Set(list.map((one) => canonicalJson(one))).size === list.length;
}

/** The place is left out if it holds names that the stranger chose. */
function lacking(error: ErrorObject | undefined): string {
  const place = error?.instancePath ?? '';
  const where = /^(\/[\w-]{1,64}){1,8}$/.test(place) ? `at '${place}' ` : '';
  return `does not satisfy the schema of its type: ${where}it ${error?.message ?? 'is not allowed'}.`;
}
