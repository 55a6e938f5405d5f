/**
 * Rich authorization requests (RFC 9396 §2): what a client asks for, as a list of objects whose type tells their meaning.
 * This file knows their general form. Which types there are, and what else must hold for each, is configured.
 */
import { isJsonObject, isNestedWithin, type JsonObject, type JsonValue, stringifyJson } from './json.js';
import { type OAuthError, invalidAuthorizationDetails } from './oauth-error.js';
import { parseStrictJson, StrictJsonError } from './strict-json.js';

export type AuthorizationDetail = JsonObject & { type: string };

const MAX_BYTES = 16 * 1024;
const MAX_DEPTH = 16;
const MAX_ELEMENTS = 64;

/** RFC 9396 §2.2: lists of text that mean the same in every type. Their order has no meaning. */
export const COMMON_LISTS: ReadonlySet<string> = new Set(['locations', 'actions', 'datatypes', 'privileges']);

/** The parameter `authorization_details`. @throws OAuthError invalid_authorization_details */
export function parseAuthorizationDetails(text: string): AuthorizationDetail[] {
  const details = detailsOf(parsed(text), ofParameter);
  if (details.length === 0) throw ofParameter('It holds no element: leave it out, or ask for something.');
  return details;
}

const ofParameter = (hint: string): OAuthError => invalidAuthorizationDetails(`'authorization_details': ${hint}`);

/** A value that was parsed before, as the admin API gets it. @throws OAuthError the result of `toError` for the hint */
export function readAuthorizationDetails(
  value: JsonValue,
  toError: (hint: string) => OAuthError,
): AuthorizationDetail[] {
  if (!isNestedWithin(MAX_DEPTH, value)) throw toError(`It may be nested ${MAX_DEPTH} levels deep.`);
  if (Buffer.byteLength(stringifyJson(value)) > MAX_BYTES) throw toError(`It may have ${MAX_BYTES} bytes.`);
  return detailsOf(value, toError);
}

function parsed(text: string): JsonValue {
  try {
    return parseStrictJson(text, { maxBytes: MAX_BYTES, maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw ofParameter(error.message);
  }
}

function detailsOf(value: JsonValue, toError: (hint: string) => OAuthError): AuthorizationDetail[] {
  if (!Array.isArray(value)) throw toError('It must be a list of objects.');
  if (value.length > MAX_ELEMENTS) throw toError(`It may hold ${MAX_ELEMENTS} elements.`);
  return value.map((element, index) => {
    const fault = faultOf(element);
    if (fault === undefined) return element as AuthorizationDetail;
    throw toError(`Element ${index + 1} ${fault}`);
  });
}

/** RFC 9396 §2, §2.2. */
function faultOf(element: JsonValue): string | undefined {
  if (!isJsonObject(element)) return 'must be an object.';
  if (typeof element.type !== 'string' || element.type === '') return "needs a text in its member 'type'.";
  const list = [...COMMON_LISTS].find((name) => Object.hasOwn(element, name) && !isTextList(element[name]));
  if (list !== undefined) return `must have a list of texts as its member '${list}'.`;
  if (Object.hasOwn(element, 'identifier') && typeof element.identifier !== 'string') {
    return "must have a text as its member 'identifier'.";
  }
  return faultWithin(element);
}

/** What the consent app could not grant as it was asked: JSON bodies with such texts are refused, and infinity is no JSON. */
function faultWithin(value: JsonValue): string | undefined {
  if (typeof value === 'string' && (value.includes('\u0000') || !value.isWellFormed())) {
    return 'must not hold a NUL character or half of a surrogate pair.';
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return 'holds a number that is too large.';
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const fault = faultWithin(name) ?? faultWithin(member);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isTextList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
