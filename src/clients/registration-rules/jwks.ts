import type { JWK } from 'jose';
import { findJwkFault, isPrivate } from '../../keys/jwk.js';
import { isJsonObject } from '../../protocol/json.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

/** RFC 7591 §2: by value or by address, not both. */
export function checkKeySource({ metadata }: Registration): void {
  if (metadata.jwks && metadata.jwks_uri) {
    throw invalidClientMetadata("'jwks' and 'jwks_uri' exclude each other: send one of them.");
  }
}

/** Each key is sound, and a public one: the private half belongs to the client alone. */
export function checkKeys({ metadata }: Registration): void {
  const keys: unknown = metadata.jwks?.keys;
  if (keys === undefined) return;
  if (!Array.isArray(keys)) throw invalidClientMetadata("'jwks' must have a member 'keys' that is a list.");
  for (const [index, key] of keys.entries()) {
    const fault = faultOf(key);
    if (fault) throw invalidClientMetadata(`Key ${index} of 'jwks': ${fault}`);
  }
}

function faultOf(key: unknown): string | undefined {
  if (!isJsonObject(key)) return 'a key is a JSON object.';
  const jwk: JWK = key;
  if (isPrivate(jwk)) return "it has the private member 'd': send the public half of the key only.";
  if (jwk.kty === 'oct') return 'it is a symmetric key: send public ones only.';
  return findJwkFault(jwk);
}
