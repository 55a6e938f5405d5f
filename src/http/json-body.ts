/**
 * The JSON body of a request, read when a handler wants it: the door of the administration API, which takes any
 * Content-Type and none. Whole numbers keep their digits. What the database cannot hold (NUL characters, half surrogate
 * pairs) and what would exhaust the stack (deep nesting) is refused here once.
 */
import { type JsonValue, parseJson } from '../protocol/json.js';
import type { OAuthError } from '../protocol/oauth-error.js';
import type { Exchange } from './exchange.js';

const MAX_DEPTH = 100;
/** Escapes that can make a NUL character or half of a surrogate pair: only such a text is searched for them. */
const SUSPICIOUS_ESCAPE = /\\u(?:0000|d[89a-f])/i;
const UNSTORABLE = /\u0000|\p{Surrogate}/u;

/** The body is no usable JSON. Whoever reads it chooses the error code of the wire; `hint` says what to change. */
export class JsonBodyError extends Error {
  constructor(readonly hint: string) {
    super(hint);
    this.name = 'JsonBodyError';
  }
}

/** Stands as `body` of a request that Express handles, until the validation pipe reads it. */
export class JsonBody {
  constructor(
    private readonly exchange: Exchange,
    /** Bytes. */
    private readonly limit: number,
  ) {}

  /** @throws JsonBodyError, or OAuthError 413 where the body is longer than the limit. */
  async read(): Promise<JsonValue> {
    return parseBody(await this.exchange.text(this.limit));
  }
}

/** The same with the error of the wire. @throws OAuthError what `toError` makes of the hint; 413 */
export async function readJson(body: JsonBody, toError: (hint: string) => OAuthError): Promise<JsonValue> {
  try {
    return await body.read();
  } catch (error) {
    throw error instanceof JsonBodyError ? toError(error.hint) : error;
  }
}

function parseBody(text: string): JsonValue {
  if (text.trim() === '') throw new JsonBodyError('Send a JSON document in the body of the request: it was empty.');
  const value = parsed(text);
  inspect(value, SUSPICIOUS_ESCAPE.test(text), 0);
  return value;
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    throw new JsonBodyError('The body of the request is not valid JSON: check its quotes, commas and brackets.');
  }
}

/** `field`: the member of the outermost object in which the value stands, for the hint. */
function inspect(value: JsonValue, strings: boolean, depth: number, field?: string): void {
  if (depth > MAX_DEPTH) throw new JsonBodyError(`The JSON is nested deeper than ${MAX_DEPTH} levels.`);
  if (typeof value === 'string') {
    if (strings) inspectText(value, field);
  } else if (Array.isArray(value)) {
    for (const element of value) inspect(element, strings, depth + 1, field);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (strings) inspectText(name, field);
      inspect(member, strings, depth + 1, field ?? (depth === 0 ? name : undefined));
    }
  }
}

function inspectText(text: string, field: string | undefined): void {
  if (!UNSTORABLE.test(text)) return;
  const place = field === undefined ? 'A text in the JSON' : `'${field}'`;
  throw new JsonBodyError(`${place} holds a NUL character or half of a surrogate pair: take it out.`);
}
