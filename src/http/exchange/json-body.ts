/**
 * The JSON body of a request, which a handler reads on demand: the entry to the administration API, which accepts any
 * Content-Type and none. Integers keep their digits. Bodies that the database cannot hold (NUL characters, half surrogate
 * pairs), that would exhaust the stack (deep nesting), or that have too many values are refused here for all endpoints.
 */
import { type JsonValue, parseJson } from '../../protocol/json.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import type { Exchange } from './exchange.js';

const MAX_DEPTH = 100;
/** Each value costs work wherever the body is checked: one value is allowed for every hundred bytes of the limit. */
const BYTES_FOR_A_VALUE = 100;
const LEAST_VALUES = 1_000;
/** Escapes of a NUL character or half of a surrogate pair: only a text with such escapes is searched further. */
const SUSPICIOUS_ESCAPE = /\\u(?:0000|d[89a-f])/i;
const UNSTORABLE = /\u0000|\p{Surrogate}/u;

/** The body is not usable JSON. The caller chooses the error code of the answer; `hint` says what to change. */
export class JsonBodyError extends Error {
  constructor(readonly hint: string) {
    super(hint);
    this.name = 'JsonBodyError';
  }
}

/** The `body` of a request that Express handles, until the validation pipe reads it. */
export class JsonBody {
  constructor(
    private readonly exchange: Exchange,
    /** In bytes. */
    private readonly limit: number,
  ) {}

  /** @throws JsonBodyError, or OAuthError 413 where the body is longer than the limit. */
  async read(): Promise<JsonValue> {
    return parseBody(await this.exchange.text(this.limit), Math.max(LEAST_VALUES, this.limit / BYTES_FOR_A_VALUE));
  }
}

/** Reads the body and converts errors. @throws OAuthError the result of `toError` for the hint; 413 */
export async function readJson(body: JsonBody, toError: (hint: string) => OAuthError): Promise<JsonValue> {
  try {
    return await body.read();
  } catch (error) {
    throw error instanceof JsonBodyError ? toError(error.hint) : error;
  }
}

function parseBody(text: string, maxValues: number): JsonValue {
  if (text.trim() === '') throw new JsonBodyError('Send a JSON document in the body of the request: it was empty.');
  const value = parsed(text);
  inspect(value, { strings: SUSPICIOUS_ESCAPE.test(text), left: maxValues, maxValues }, 0);
  return value;
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    throw new JsonBodyError('The body of the request is not valid JSON: check its quotes, commas and brackets.');
  }
}

interface Inspection {
  /** Whether texts have to be searched for refused characters. */
  strings: boolean;
  /** How many more values are allowed. */
  left: number;
  maxValues: number;
}

/** `field`: the top-level member that contains the value, for the hint. */
function inspect(value: JsonValue, all: Inspection, depth: number, field?: string): void {
  countOne(all, depth);
  if (typeof value === 'string') {
    if (all.strings) inspectText(value, field);
  } else if (Array.isArray(value)) {
    for (const element of value) inspect(element, all, depth + 1, field);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (all.strings) inspectText(name, field);
      inspect(member, all, depth + 1, field ?? (depth === 0 ? name : undefined));
    }
  }
}

function countOne(all: Inspection, depth: number): void {
  if (depth > MAX_DEPTH) throw new JsonBodyError(`The JSON is nested deeper than ${MAX_DEPTH} levels.`);
  all.left -= 1;
  if (all.left < 0) throw new JsonBodyError(`The JSON holds more than ${Math.floor(all.maxValues)} values.`);
}

function inspectText(text: string, field: string | undefined): void {
  if (!UNSTORABLE.test(text)) return;
  const place = field === undefined ? 'A text in the JSON' : `'${field}'`;
  throw new JsonBodyError(`${place} holds a NUL character or half of a surrogate pair: take it out.`);
}
