/** Reads the text of a variable as the type in the schema, with Go's rules for booleans and CSV. */
import type { SchemaNode } from './schema-node.js';

export type Reading = { value: unknown } | { expected: string };

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** If a node has several types, a text that begins with a brace is an object. */
export function readVariable(text: string, node: SchemaNode): Reading {
  const { types } = node;
  if (types.includes('object') && (types.length === 1 || text.trimStart().startsWith('{'))) return readObject(text);
  if (types.includes('string')) return { value: text };
  if (types.includes('array')) return readList(text, node);
  return readScalar(text, types);
}

function readScalar(text: string, types: readonly string[]): Reading {
  if (types.includes('boolean')) {
    if (TRUE.has(text)) return { value: true };
    return FALSE.has(text) ? { value: false } : { expected: 'true or false' };
  }
  if (types.includes('integer'))
    return /^[+-]?\d{1,15}$/.test(text) ? { value: Number(text) } : { expected: 'a whole number' };
  const isNumber = text.trim() !== '' && Number.isFinite(Number(text));
  return isNumber ? { value: Number(text) } : { expected: 'a number' };
}

function readObject(text: string): Reading {
  const value = parseJson(text);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { value } : { expected: 'a JSON object' };
}

/** A JSON array, or one line of comma-separated values. */
function readList(text: string, node: SchemaNode): Reading {
  if (text.trimStart().startsWith('[')) {
    const value = parseJson(text);
    return Array.isArray(value) ? { value } : { expected: 'a JSON array or values separated by commas' };
  }
  const words = readCsvLine(text);
  if (!words) return { expected: 'values separated by commas, with every quote closed' };
  const items = words.map((word) => (node.items ? readVariable(word, node.items) : { value: word }));
  const refused = items.find((item) => 'expected' in item);
  return refused ?? { value: items.map((item) => ('value' in item ? item.value : undefined)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const FIELD = /(?:\s*"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/y;

/** One record of RFC 4180 §2: a value in quotes may contain commas, and `""` for a quote. Undefined if malformed. */
export function readCsvLine(text: string): string[] | undefined {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (;;) {
    const match = FIELD.exec(text);
    if (!match) return undefined;
    fields.push(match[1]?.replaceAll('""', '"') ?? (match[2] ?? '').trim());
    if (match[3] === '') return fields;
  }
}
