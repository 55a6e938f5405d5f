/**
 * Algorithms of encryption (RFC 7518 §4.1), and the demands of each on its key. The configuration lists those in use. RSA1_5 is
 * missing because its padding can be probed, PBES2 and `dir` because they rest on a shared secret.
 */
import type { JWK } from 'jose';

export type KeyEncryptionAlgorithm = 'RSA-OAEP-256' | 'RSA-OAEP' | 'ECDH-ES' | 'ECDH-ES+A128KW' | 'ECDH-ES+A256KW';

/** The keys that others encrypt to: one of each kind, so that every algorithm has one. `alg` and `crv` tell how it is made. */
export const ENCRYPTION_KEY_KINDS = {
  RSA: { alg: 'RSA-OAEP-256', crv: undefined },
  EC: { alg: 'ECDH-ES', crv: 'P-256' },
} as const;

export type EncryptionKeyKind = keyof typeof ENCRYPTION_KEY_KINDS;

/** The kind of an encryption key by its type; undefined if no algorithm fits it. */
export function encryptionKindOf(key: JWK): EncryptionKeyKind | undefined {
  return (['RSA', 'EC'] as const).find((kind) =>
    fitsEncryption(ENCRYPTION_KEY_KINDS[kind].alg, { ...key, alg: undefined }),
  );
}

/** The curves of key agreement (RFC 7518 §4.6, RFC 8037 §3.2). */
const CURVES: readonly unknown[] = ['P-256', 'P-384', 'P-521', 'X25519'];

/** Whether the algorithm may be used with the key, by its type and what its owner says of it (RFC 7517 §4.2, §4.4). */
export function fitsEncryption(alg: KeyEncryptionAlgorithm, key: JWK): boolean {
  if (key.use !== undefined && key.use !== 'enc') return false;
  if (key.alg !== undefined && key.alg !== alg) return false;
  return alg.startsWith('RSA') ? key.kty === 'RSA' : isAgreementKey(key);
}

function isAgreementKey({ kty, crv }: JWK): boolean {
  return CURVES.includes(crv) && kty === (crv === 'X25519' ? 'OKP' : 'EC');
}
