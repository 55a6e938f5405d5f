/**
 * JSON of a stranger, read strictly: what two readers could understand differently is refused, and nothing is parsed before
 * its size and depth are known.
 */
import { isInteger, isSafeNumber } from 'lossless-json';
import { hasDuplicateMembers } from './duplicate-members.js';
import { type JsonValue, parseJson } from './json.js';

interface JsonLimits {
  /** Of the text in UTF-8. */
  maxBytes: number;
  /** Of objects and lists within one another. */
  maxDepth: number;
}

/** The text is no JSON, exceeds a limit, or is ambiguous. The message says what to change, and repeats no part of it. */
export class StrictJsonError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StrictJsonError';
  }
}

/** A text, which may hold digits, or a number. */
const TEXTS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * @throws StrictJsonError for no JSON, a limit, a member that comes twice in an object (RFC 8259 §4), or a number that would
 * lose digits
 */
export function parseStrictJson(text: string, { maxBytes, maxDepth }: JsonLimits): JsonValue {
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) {
    throw new StrictJsonError(`It may have ${maxBytes} bytes.`);
  }
  if (!isFlatterThan(maxDepth, text)) throw new StrictJsonError(`It may be nested ${maxDepth} levels deep.`);
  const value = parsed(text);
  if (hasDuplicateMembers(text)) throw new StrictJsonError('An object in it has a member twice.');
  if (!hasExactNumbers(text)) {
    throw new StrictJsonError('A number in it has more digits than can be kept: send it as a text.');
  }
  return value;
}

/**
 * Whether no number in the text loses digits when it is read: integers keep theirs, other numbers as far as a double reaches.
 * @param json well-formed JSON
 */
export function hasExactNumbers(json: string): boolean {
  return [...json.matchAll(TEXTS_AND_NUMBERS)].every(([token]) => token.startsWith('"') || isExact(token));
}

/** Counts the brackets outside of texts, before anything recursive reads them. */
function isFlatterThan(levels: number, text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inText) {
      if (character === '\\') i++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > levels) return false;
  }
  return true;
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    throw new StrictJsonError('It is no JSON: check its quotes, commas and brackets.');
  }
}

function isExact(number: string): boolean {
  return isInteger(number) || (Number.isFinite(Number(number)) && isSafeNumber(number));
}
