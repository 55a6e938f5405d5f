import { findForeignKeyFault, MAX_FOREIGN_KEYS } from '../../keys/foreign-keys.js';
import { isJsonObject } from '../../protocol/json.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

/** RFC 7518 §6.2.2 and §6.3.2, RFC 8037 §2: one private member of an RSA key is enough to compute the others. */
export const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

/** RFC 7591 §2: by value or by address, not both. */
export function checkKeySource({ metadata }: Registration): void {
  if (metadata.jwks && metadata.jwks_uri) {
    throw invalidClientMetadata("'jwks' and 'jwks_uri' exclude each other: send one of them.");
  }
}

/** Few keys, each of them valid and public: the private half belongs to the client alone. */
export async function checkKeys({ metadata }: Registration): Promise<void> {
  const keys: unknown = metadata.jwks?.keys;
  if (keys === undefined) return;
  if (!Array.isArray(keys)) throw invalidClientMetadata("'jwks' must have a member 'keys' that is a list.");
  if (keys.length > MAX_FOREIGN_KEYS) {
    throw invalidClientMetadata(`'jwks' may hold ${MAX_FOREIGN_KEYS} keys: it holds ${keys.length}.`);
  }
  for (const [index, key] of keys.entries()) {
    const fault = await faultOf(key);
    if (fault) throw invalidClientMetadata(`Key ${index} of 'jwks': ${fault}`);
  }
}

async function faultOf(key: unknown): Promise<string | undefined> {
  const secret = isJsonObject(key) && PRIVATE_MEMBERS.find((name) => Object.hasOwn(key, name));
  if (secret) return `it has the private member '${secret}': send the public half of the key only.`;
  return findForeignKeyFault(key);
}
