/** Reading of signed JWTs in compact form (RFC 7515 §7.1): the form and the signature. Claims are the caller's to judge. */
import { isSigningAlgorithm, type SigningAlgorithm, verifyBytes } from './algorithms.js';
import { isJsonObject, type JsonObject, parseJson } from '../protocol/json.js';
import type { StoredKey } from './stored-key.js';

/** A JWT that is well-formed; nothing in it is proven. */
export interface UnverifiedJwt {
  header: JsonObject;
  payload: JsonObject;
  alg: SigningAlgorithm;
  kid: string | undefined;
  signingInput: Buffer;
  signature: Buffer;
}

export interface VerifiedJwt {
  header: JsonObject;
  payload: JsonObject;
}

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * Undefined for anything that is no JWT signed with an algorithm of ours: `none` and shared secrets among it. Headers
 * with `crit` are refused: no extension is understood here (RFC 7515 §4.1.11).
 */
export function parseJwt(jwt: string): UnverifiedJwt | undefined {
  const match = COMPACT.exec(jwt);
  if (!match) return undefined;
  const [, head = '', body = '', tail = ''] = match;
  const header = jsonPart(head);
  if (!header || !isSigningAlgorithm(header.alg) || 'crit' in header) return undefined;
  const payload = jsonPart(body);
  if (!payload) return undefined;
  const kid = typeof header.kid === 'string' ? header.kid : undefined;
  const signingInput = Buffer.from(`${head}.${body}`);
  return { header, payload, alg: header.alg, kid, signingInput, signature: Buffer.from(tail, 'base64url') };
}

/** Whether the key made the signature. The key's own algorithm counts, not the header's (RFC 8725 §3.1). */
export function isSignedBy(jwt: UnverifiedJwt, key: StoredKey): boolean {
  const { publicKey, alg } = key;
  if (!publicKey || alg !== jwt.alg) return false;
  return verifyBytes(alg, publicKey, jwt.signingInput, jwt.signature);
}

function jsonPart(part: string): JsonObject | undefined {
  try {
    const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // no UTF-8, or no JSON
  }
}
