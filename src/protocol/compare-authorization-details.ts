/**
 * Compares authorization details (RFC 9396 §6.1, §7.1). The order of members does not count (RFC 8259 §4). In the common
 * lists (§2.2) neither order nor repetition counts, because together they stand for the product of their values. What other
 * lists mean is known to the API alone, so their order counts.
 */
import { type AuthorizationDetail, COMMON_LISTS } from './authorization-details.js';
import { canonicalJson } from './canonical-json.js';
import type { JsonValue } from './json.js';

/** The same text for equal details. */
export function canonicalDetail(detail: AuthorizationDetail): string {
  const members = Object.entries(detail).map(([name, value]): [string, JsonValue] => [name, withoutOrder(name, value)]);
  return canonicalJson(Object.fromEntries(members));
}

/** Whether each wanted element equals a granted one. One that is wanted twice must have been granted twice. */
export function equalsGranted(
  granted: readonly AuthorizationDetail[],
  wanted: readonly AuthorizationDetail[],
): boolean {
  const left = countsOf(granted);
  return [...countsOf(wanted)].every(([text, count]) => (left.get(text) ?? 0) >= count);
}

/**
 * RFC 9396 §6: the first wanted element that no granted one covers, by its index. An element covers an equal one, and one
 * of its type whose lists hold a part of its own. A list must not be emptied, because none may mean "all" to an API; and an
 * element may be repeated only as often as an equal one was granted.
 */
export function firstUncovered(
  granted: readonly AuthorizationDetail[],
  wanted: readonly AuthorizationDetail[],
): number | undefined {
  const counts = countsOf(granted);
  const seen = new Map<string, number>();
  const wide = granted.map(comparable);
  const index = wanted.findIndex((detail) => {
    const text = canonicalDetail(detail);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    const equal = counts.get(text) ?? 0;
    if (equal > 0 || times > 1) return times > equal;
    const narrow = comparable(detail);
    return !wide.some((one) => covers(one, narrow));
  });
  return index < 0 ? undefined : index;
}

/** Each member in canonical form: a list by its elements, everything else as one text. */
type Comparable = ReadonlyMap<string, string | readonly string[]>;

function comparable(detail: AuthorizationDetail): Comparable {
  return new Map(
    Object.entries(detail).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(canonicalJson) : canonicalJson(value),
    ]),
  );
}

function covers(granted: Comparable, wanted: Comparable): boolean {
  if (granted.size !== wanted.size) return false;
  return [...wanted].every(([name, value]) => {
    const limit = granted.get(name);
    if (typeof value === 'string' || limit === undefined || typeof limit === 'string') return value === limit;
    if (value.length === 0) return limit.length === 0;
    return COMMON_LISTS.has(name) ? isSubset(limit, value) : isInOrderWithin(limit, value);
  });
}

function isSubset(granted: readonly string[], wanted: readonly string[]): boolean {
  const all = new Set(granted);
  return wanted.every((one) => all.has(one));
}

/** Whether something can be left out of `granted` so that `wanted` stays. */
function isInOrderWithin(granted: readonly string[], wanted: readonly string[]): boolean {
  let next = 0;
  for (const one of granted) if (next < wanted.length && one === wanted[next]) next++;
  return next === wanted.length;
}

function countsOf(details: readonly AuthorizationDetail[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of details.map(canonicalDetail)) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function withoutOrder(name: string, value: JsonValue): JsonValue {
  return COMMON_LISTS.has(name) && Array.isArray(value) ? [...new Set(value as string[])].sort() : value;
}
