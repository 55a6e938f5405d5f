import { base64Bytes } from '../../crypto/base64.js';
import { isJsonObject } from '../../protocol/json.js';

/** As long as the certificates that a request may bring. */
const MAX_CHARACTERS = 24_576;

/** The certificate of a key in DER: the first of `x5c` (RFC 7517 §4.7). Undefined for a key without one. */
export function registeredCertificate(key: unknown): Buffer | undefined {
  if (!isJsonObject(key) || !Array.isArray(key.x5c)) return undefined;
  const [first] = key.x5c as unknown[];
  return typeof first === 'string' && first.length <= MAX_CHARACTERS ? base64Bytes(first) : undefined;
}
