/** What applying a declaration changes, found before anything is written. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '../../protocol/json.js';

export interface MemberChange {
  member: string;
  /** Undefined where the value is not shown, or was not there. */
  from?: JsonValue;
  to?: JsonValue;
}

export interface Change {
  kind: string;
  id: string;
  action: 'created' | 'changed' | 'deleted' | 'unchanged';
  members: MemberChange[];
  /** Carries it out. @returns what the server says only once, such as a secret that it made */
  carryOut: () => Promise<JsonObject | undefined>;
}

const NOTHING = (): Promise<undefined> => Promise.resolve(undefined);

/** Found as declared. */
export function unchanged(kind: string, id: string): Change {
  return { kind, id, action: 'unchanged', members: [], carryOut: NOTHING };
}

/** Members that differ. Those that are not declared are left alone. */
export function difference(
  found: JsonObject,
  declared: JsonObject,
  isSame: (member: string, found: JsonValue | undefined, declared: JsonValue) => boolean,
): MemberChange[] {
  return Object.entries(declared)
    .filter(([member, value]) => !isSame(member, found[member], value))
    .map(([member, to]) => ({ member, from: found[member], to }));
}

/** Absent, null, false, an empty text and an empty list are the same to the server. */
export function isSameValue(found: JsonValue | undefined, declared: JsonValue): boolean {
  return (isEmpty(found) && isEmpty(declared)) || isDeepStrictEqual(found, declared);
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === false;
}
