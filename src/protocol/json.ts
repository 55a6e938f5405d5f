/**
 * JSON whose whole numbers keep their digits: claims beyond 2^53 pass from the consent app to tokens unchanged.
 * Safe integers and fractions are numbers, other integers BigInt.
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

/** @param space for people: how far each level is indented. Default: one line */
export function stringifyJson(value: unknown, space = 0): string {
  try {
    return JSON.stringify(value, null, space);
  } catch {
    return stringify(value, null, space) ?? 'null'; // it holds a BigInt, which the built-in refuses
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members that differ from an empty default: what is stored of an object whose defaults are known when it is read. */
export function withoutDefaults<T extends object>(value: T, defaults: Partial<T>): Partial<T> {
  const differing = Object.entries(value).filter(([name, member]) => !isSameEmpty(member, Reflect.get(defaults, name)));
  return Object.fromEntries(differing) as Partial<T>;
}

function isSameEmpty(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other;
  return Array.isArray(one) === Array.isArray(other) && !Object.keys(one).length && !Object.keys(other).length;
}
