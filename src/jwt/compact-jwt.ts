/** Parses signed JWTs in compact form (RFC 7515 §7.1). The signature is not verified here. */
import { isSigningAlgorithm, type SigningAlgorithm } from '../keys/algorithms.js';
import { hasDuplicateMembers } from '../protocol/duplicate-members.js';
import { isJsonObject, isNestedWithin, type JsonObject, parseJson } from '../protocol/json.js';

/** A well-formed JWT whose signature has not been verified. */
export interface UnverifiedJwt {
  text: string;
  header: JsonObject;
  payload: JsonObject;
  alg: SigningAlgorithm;
  kid: string | undefined;
}

/** A JWT whose signature has been verified. */
export interface VerifiedJwt {
  header: JsonObject;
  payload: JsonObject;
}

/** No honest JWT is nested as deeply. */
const MAX_LEVELS = 100;

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/;

/**
 * Returns undefined unless the text is a JWT signed with a supported algorithm; `none` and shared secrets are not
 * supported. Headers with `crit` are refused: this server understands no extension (RFC 7515 §4.1.11), not even the
 * unencoded payload that jose understands (RFC 7797).
 */
export function parseJwt(text: string): UnverifiedJwt | undefined {
  const parsed = parseCompact(text);
  if (!parsed) return undefined;
  const { header, payload } = parsed;
  if (!isSigningAlgorithm(header.alg) || 'crit' in header) return undefined;
  const kid = typeof header.kid === 'string' ? header.kid : undefined;
  return { text, header, payload, alg: header.alg, kid };
}

/**
 * The same for a JWT that another party signed, where two readers might see two things. A JWT of this server has been written
 * by it, and needs no such look.
 */
export function parseForeignJwt(text: string): UnverifiedJwt | undefined {
  const parsed = parseJwt(text);
  return parsed && isUnambiguous(text) ? parsed : undefined;
}

/**
 * Whether all readers see the same values: no member comes twice in an object (RFC 7515 §4, RFC 7519 §4), and each part is
 * written in its only form (RFC 4648 §3.5).
 * @param jwt of which header and payload are JSON
 */
export function isUnambiguous(jwt: string): boolean {
  const parts = jwt.split('.');
  if (!parts.every(isCanonical)) return false;
  return !parts.slice(0, 2).some((part) => hasDuplicateMembers(Buffer.from(part, 'base64url').toString()));
}

/** Whether the text is what an encoder writes for its bytes: another last letter may stand for the same bytes. */
export function isCanonical(base64url: string): boolean {
  return Buffer.from(base64url, 'base64url').toString('base64url') === base64url;
}

/** Header and payload; nothing in them has been judged. Undefined unless the text has the form of a signed JWT. */
export function parseCompact(text: string): { header: JsonObject; payload: JsonObject } | undefined {
  const [, head = '', body = ''] = COMPACT.exec(text) ?? [];
  const header = readPart(head);
  const payload = header && readPart(body);
  return payload && { header, payload };
}

/**
 * The JSON object in the header or the payload, with all digits of its numbers. Undefined if the part is no object, or
 * is nested too deeply.
 */
export function readPart(part: string): JsonObject | undefined {
  try {
    const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')));
    return isJsonObject(value) && isNestedWithin(MAX_LEVELS, value) ? value : undefined;
  } catch {
    return undefined; // not UTF-8 or not JSON
  }
}
