/**
 * How many sub-schemas one value may meet: every keyword may apply its sub-schemas to the same value or to a part of it, and
 * a reference stands for all that it refers to. Few definitions that refer to one another twice each would multiply.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.js';

/** Keywords whose members are names and not keywords. */
const MAPS: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas', 'dependencies']);
/** Definitions count where they are referred to. */
const DEFINITIONS: ReadonlySet<string> = new Set(['$defs', 'definitions']);
/** Values, which hold no schemas. */
const VALUES: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples']);

/**
 * Undefined if a reference leads back to itself. Beyond `limit` the number is not exact.
 * @throws Error for a reference that this file cannot follow
 */
export function schemaWork(schema: JsonObject, limit: number): number | undefined {
  const known = new Map<string, number>();
  const open = new Set<string>();

  function ofReference(reference: string): number {
    const before = known.get(reference);
    if (before !== undefined) return before;
    if (open.has(reference)) return NaN;
    const target = targetOf(schema, reference);
    open.add(reference);
    const work = ofSchema(target, reference === '#');
    open.delete(reference);
    known.set(reference, work);
    return work;
  }

  function ofSchema(value: JsonValue, isRoot = false): number {
    if (Array.isArray(value)) return sum(value.map((one) => ofSchema(one)));
    if (!isJsonObject(value)) return 0;
    if (!isRoot && Object.hasOwn(value, '$id')) throw new Error("only the whole schema may have an '$id'");
    return sum([1, ...Object.entries(value).map(([name, member]) => ofMember(name, member))]);
  }

  function ofMember(name: string, member: JsonValue): number {
    if (name === '$ref' && typeof member === 'string') return ofReference(member);
    if (name === '$dynamicRef' || name === '$recursiveRef') return NaN;
    if (DEFINITIONS.has(name) || VALUES.has(name)) return 0;
    if (MAPS.has(name) && isJsonObject(member)) return sum(Object.values(member).map((one) => ofSchema(one)));
    return ofSchema(member);
  }

  const sum = (numbers: number[]): number => numbers.reduce((total, one) => Math.min(total + one, limit + 1), 0);

  const work = ofReference('#');
  return Number.isNaN(work) ? undefined : work;
}

function targetOf(schema: JsonObject, reference: string): JsonValue {
  if (reference !== '#' && !reference.startsWith('#/')) throw unfollowed();
  let here: JsonValue = schema;
  for (const step of reference.split('/').slice(1)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) throw unfollowed();
    here = Reflect.get(here, name) as JsonValue;
  }
  return here;
}

function unfollowed(): Error {
  return new Error('its references must name a part of the same file, such as #/$defs/amount');
}
