/** Lists and JSON in columns of Hydra. SQL NULL, the JSON value `null` and an empty list or object are the same. */
import { isJsonObject, isNestedWithin, type JsonObject, type JsonValue, parseJson } from '../../../protocol/json.js';

/** Far more than any claim has, and far less than what JSON.stringify refuses. */
const MOST_LEVELS = 1_000;

/** A list as token rows and trusted issuers have it. Hydra, too, cannot tell a `|` within a value. */
export function pipedList(text: string | null): string[] {
  return text ? text.split('|') : [];
}

/** A list as clients and flows have it. */
export function jsonList(text: string | null): string[] {
  const value = jsonValue(text);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function jsonObject(text: string | null): JsonObject {
  const value = jsonValue(text);
  return isJsonObject(value) ? value : {};
}

/** Integers keep their digits. Text that is no JSON counts as `null`. */
export function jsonValue(text: string | null): JsonValue {
  if (text === null) return null;
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

/** Whether the value is not nested too deeply to be written. @param length of the text that it was read from */
export function isWritable(value: JsonValue, length: number): boolean {
  return length < 2 * MOST_LEVELS || isNestedWithin(MOST_LEVELS, value);
}
