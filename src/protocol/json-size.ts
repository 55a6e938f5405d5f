/**
 * Estimates the bytes that a JSON value takes in memory, for caches whose entries strangers choose. It rather overestimates:
 * a value of many small parts takes thirty times the length of its text.
 */
const STRING = 24;
const NUMBER = 16;
const LIST = 48;
const OBJECT = 64;
/** An element of a list or an object. */
const PLACE = 8;
/** A member of an object that is kept as a hash table. */
const MEMBER = 48;

/** Deeply nested values do not exhaust the stack, because pending parts are kept in a list. */
export function sizeOf(value: unknown): number {
  const left: unknown[] = [value];
  let bytes = 0;
  while (left.length) {
    const one = left.pop();
    if (Array.isArray(one)) {
      bytes += LIST + PLACE * one.length;
      for (const element of one) left.push(element);
    } else if (typeof one === 'object' && one !== null) {
      bytes += OBJECT;
      for (const [name, member] of Object.entries(one)) {
        bytes += MEMBER + sizeOfText(name);
        left.push(member);
      }
    } else bytes += sizeOfPrimitive(one);
  }
  return bytes;
}

/** Two bytes per character, as in a text with one character beyond Latin-1. */
export function sizeOfText(text: string): number {
  return STRING + 2 * text.length;
}

function sizeOfPrimitive(value: unknown): number {
  if (typeof value === 'string') return sizeOfText(value);
  return typeof value === 'bigint' ? NUMBER + value.toString(16).length : NUMBER;
}
