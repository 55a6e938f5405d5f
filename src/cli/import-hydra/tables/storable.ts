/** Values that PostgreSQL or an index of this server cannot hold, in the nearest form that they can. */
import { isStorableText, storableText } from '../../../database/storable-text.js';
import { isJsonObject, type JsonValue } from '../../../protocol/json.js';

/** A JSON value whose texts and names can be stored: the same object where nothing had to go. */
export function storableJson(value: JsonValue): JsonValue {
  if (typeof value === 'string') return isStorableText(value) ? value : storableText(value);
  if (Array.isArray(value)) {
    const list = value.map(storableJson);
    return list.some((one, i) => one !== value[i]) ? list : value;
  }
  if (!isJsonObject(value)) return value;
  const before = Object.entries(value);
  const after = before.map(([name, member]): [string, JsonValue] => [storableText(name), storableJson(member)]);
  const isSame = after.every(([name, member], i) => name === before[i]?.[0] && member === before[i][1]);
  return isSame ? value : Object.fromEntries(after);
}

/** The beginning of the text, at most so many bytes of whole characters. */
export function shortened(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes)).replace(/\uFFFD$/, '');
}
