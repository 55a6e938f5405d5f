/** Reads distinguished names in the text form of RFC 4514, as clients register them (RFC 8705 §2.1.2). */
import { attributeOid } from './attribute-types.js';
import { type Attribute, canonicalName } from './canonical-name.js';

const MAX_CHARACTERS = 2_048;
const TYPE = /([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)=/y;
/** §2.4: the BER of a value, in hexadecimal digits. */
const HEX = /#((?:[0-9A-Fa-f]{2})+)(?=[,+]|$)/y;
/** §3: characters, characters behind a backslash, and bytes of UTF-8 in hexadecimal digits behind a backslash. */
const TEXT = /(?:[^"+,;<>\\\0]|\\[\\"+,;<> #=]|\\[0-9A-Fa-f]{2})*/y;
const PIECE = /\\([0-9A-Fa-f]{2})|\\([\s\S])|([^\\]+)/g;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The name in canonical form; undefined where the text is not of the form.
 * @param valueOf reads the DER of a value that is written in hexadecimal digits; undefined where it cannot
 */
export function readDistinguishedName(
  text: string,
  valueOf: (der: Buffer) => Attribute['value'] | undefined,
): string | undefined {
  if (text === '' || text.length > MAX_CHARACTERS) return undefined;
  const rdns: Attribute[][] = [[]];
  for (let at = 0; ;) {
    const read = readAttribute(text, at, valueOf);
    if (!read) return undefined;
    rdns.at(-1)?.push(read.attribute);
    const separator = text[read.end];
    if (separator === undefined) return canonicalName(rdns.reverse()); // §2.1: the text begins with the last one
    if (separator === ',') rdns.push([]);
    at = read.end + 1;
  }
}

function readAttribute(
  text: string,
  at: number,
  valueOf: (der: Buffer) => Attribute['value'] | undefined,
): { attribute: Attribute; end: number } | undefined {
  const [head, name = ''] = matched(TYPE, text, at) ?? [''];
  const type = attributeOid(name);
  if (type === undefined) return undefined;
  const start = at + head.length;
  const [hex, digits = ''] = matched(HEX, text, start) ?? [];
  const [raw] = hex === undefined ? (matched(TEXT, text, start) ?? ['']) : [hex];
  const value = hex === undefined ? unescaped(raw) : valueOf(Buffer.from(digits, 'hex'));
  const end = start + raw.length;
  const isWhole = [undefined, ',', '+'].includes(text[end]);
  return value !== undefined && isWhole ? { attribute: { type, value }, end } : undefined;
}

function matched(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Undefined for blanks or a number sign that §2.4 wants escaped, and for bytes that are not UTF-8. */
function unescaped(raw: string): string | undefined {
  if (/^[ #]/.test(raw) || /(?:^|[^\\])(?:\\\\)* $/.test(raw)) return undefined;
  const bytes = [...raw.matchAll(PIECE)].map(([, hex, character, plain = '']) =>
    hex === undefined ? Buffer.from(character ?? plain) : Buffer.from(hex, 'hex'),
  );
  try {
    return UTF8.decode(Buffer.concat(bytes));
  } catch {
    return undefined;
  }
}
