/** The public keys of proofs, imported once: a client uses its key for many proofs. */
import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { sha256 } from '../../../crypto/digest.js';
import { findForeignKeyFault } from '../../../keys/foreign-keys.js';
import { importPublicKey } from '../../../keys/jwk.js';
import type { JsonObject } from '../../../protocol/json.js';
import { DpopError } from './dpop-error.js';

/** RFC 7638 §3.2, RFC 8037 §2: the members of the thumbprint in the order of their names. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

const MAX_KEYS = 10_000;
const MAX_BYTES = 20 * 2 ** 20;
/** About what an imported key takes, mostly outside of the JavaScript heap. */
const BYTES_OF_CURVE = 2_000;
const BYTES_OF_RSA = 6_000;

/** A key that another party chose: it is checked before it is used, which is where the cost lies. */
export interface ProofKey {
  key: KeyObject;
  /** 32 bytes (RFC 7638). */
  thumbprint: Buffer;
}

export class ProofKeys {
  private readonly keys = new LRUCache<string, ProofKey>({
    max: MAX_KEYS,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ key }) => (key.asymmetricKeyType === 'rsa' ? BYTES_OF_RSA : BYTES_OF_CURVE),
  });

  /** @throws DpopError for a key that is weak or malformed */
  async of(jwk: JsonObject): Promise<ProofKey> {
    const thumbprint = thumbprintOf(jwk);
    const id = thumbprint.toString('latin1');
    const known = this.keys.get(id);
    if (known) return known;
    const fault = await findForeignKeyFault(jwk);
    if (fault !== undefined) throw DpopError.invalid('key', `Its 'jwk' cannot be used: ${fault}`);
    const key = importPublicKey(jwk);
    if (!isCanonical(jwk, key)) {
      throw DpopError.invalid(
        'key',
        "Its 'jwk' must be base64url without padding, blanks and leading zeros (RFC 7518 §6).",
      );
    }
    const imported = { key, thumbprint };
    this.keys.set(id, imported);
    return imported;
  }
}

function thumbprintOf(jwk: JsonObject): Buffer {
  const members = membersOf(jwk);
  if (!members?.every((name) => typeof jwk[name] === 'string')) {
    throw DpopError.invalid('key', "Its 'jwk' must be a public key of type EC, OKP or RSA.");
  }
  return sha256(JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]]))));
}

/** RFC 7638 §7: a key has one thumbprint only if each member has one spelling. OpenSSL reads others, too. */
function isCanonical(jwk: JsonObject, key: KeyObject): boolean {
  const spelled: Record<string, unknown> = { ...key.export({ format: 'jwk' }) };
  return membersOf(jwk)?.every((name) => jwk[name] === spelled[name]) === true;
}

function membersOf({ kty }: JsonObject): readonly string[] | undefined {
  return typeof kty === 'string' && Object.hasOwn(MEMBERS, kty) ? MEMBERS[kty] : undefined;
}
