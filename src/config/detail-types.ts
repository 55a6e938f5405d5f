/** The types of authorization details (RFC 9396) with their schemas, which are read and compiled once for a configuration. */
import { readDetailSchema } from './detail-schemas.js';
import type { DetailType } from './configuration.js';

interface ReadTypes {
  types: readonly DetailType[];
  /** By the index of the type. */
  faults: ReadonlyMap<number, string>;
}

/** What the rules and the derived values of one configuration share. */
const read = new WeakMap<readonly DetailType[], ReadTypes>();

export function detailTypesOf(given: readonly DetailType[]): ReadTypes {
  const known = read.get(given);
  if (known) return known;
  const faults = new Map<number, string>();
  const types = given.map((one, index): DetailType => {
    try {
      return one.schema === undefined ? one : { ...one, definition: readDetailSchema(one.schema) };
    } catch (error) {
      faults.set(index, (error as Error).message);
      return one;
    }
  });
  const result = { types, faults };
  read.set(given, result);
  return result;
}
