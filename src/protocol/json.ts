/**
 * JSON in which integers keep their digits: claims beyond 2^53 pass from the consent app to tokens unchanged. Safe integers
 * and fractions are numbers, other integers BigInt.
 */
import { isInteger, isSafeNumber, parse, stringify } from 'lossless-json';

export type JsonValue = string | number | bigint | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

export function parseJson(text: string): JsonValue {
  if (!/\d{16}/.test(text)) return JSON.parse(text) as JsonValue; // no number in it can be unsafe
  return parse(text, undefined, (digits) =>
    isInteger(digits) && !isSafeNumber(digits) ? BigInt(digits) : Number(digits),
  ) as JsonValue;
}

/** @param space the indentation of each level, for people. Default: one line */
export function stringifyJson(value: unknown, space = 0): string {
  try {
    return JSON.stringify(value, null, space);
  } catch {
    return stringify(value, null, space) ?? 'null'; // it holds a BigInt, which JSON.stringify refuses
  }
}

/** No honest client sends as many in a request object or an assertion. */
export const MAX_CLAIMS = 200;

export function hasTooManyClaims(claims: Record<string, unknown>): boolean {
  return Object.keys(claims).length > MAX_CLAIMS;
}

/** Whether at most so many objects and lists lie within one another. What is nested too deeply cannot be stringified. */
export function isNestedWithin(levels: number, value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isNestedWithin(levels - 1, member));
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A copy in which `null` means absent, as in Go programs and their clients: as a member and as an element of a list, at any
 * depth. @param onCopy gets the copy of each object together with the object itself
 */
export function withoutNulls(value: JsonValue, onCopy?: (copy: JsonObject, original: JsonObject) => void): JsonValue {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map((one) => withoutNulls(one, onCopy));
  if (!isJsonObject(value)) return value;
  const given = Object.entries(value).filter(([, member]) => member !== null);
  const copy = Object.fromEntries(given.map(([name, member]) => [name, withoutNulls(member, onCopy)]));
  onCopy?.(copy, value);
  return copy;
}

/** The members that differ from the defaults: the stored form of an object whose defaults are known when it is read. */
export function withoutDefaults<T extends object>(value: T, defaults: Partial<T>): Partial<T> {
  const differing = Object.entries(value).filter(([name, member]) => !isSameEmpty(member, Reflect.get(defaults, name)));
  return Object.fromEntries(differing) as Partial<T>;
}

function isSameEmpty(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other;
  return Array.isArray(one) === Array.isArray(other) && !Object.keys(one).length && !Object.keys(other).length;
}
