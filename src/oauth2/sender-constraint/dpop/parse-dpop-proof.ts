/** Reads a proof and judges what needs no cryptography: the cheapest checks come first, because strangers send proofs. */
import { isUnambiguous, type UnverifiedJwt, parseCompact } from '../../../jwt/compact-jwt.js';
import { isOfKind, JWT_KINDS } from '../../../jwt/jwt-kind.js';
import { isSigningAlgorithm, type SigningAlgorithm } from '../../../keys/algorithms.js';
import { isJsonObject, type JsonObject } from '../../../protocol/json.js';
import { DpopError } from './dpop-error.js';

const MAX_CHARACTERS = 16 * 1024;
/** RFC 9864 §2.2: the name of EdDSA with this curve. */
const ED25519 = 'Ed25519';
/** RFC 7518 §6, RFC 8037 §2. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** A proof in the right form, whose key, claims and signature have not been judged. */
export interface UnverifiedProof {
  jwt: UnverifiedJwt;
  /** Without any private member. */
  jwk: JsonObject;
}

/**
 * RFC 9449 §4.3, points 1 to 5 and 7.
 * @param header the value of the header DPoP; Node joins several with a comma
 * @param algorithms that the operator allows
 * @throws DpopError
 */
export function parseDpopProof(header: string, algorithms: readonly string[]): UnverifiedProof {
  if (header.length > MAX_CHARACTERS) throw DpopError.invalid('shape', `It may have ${MAX_CHARACTERS} characters.`);
  const parsed = parseCompact(header);
  if (!parsed || !isUnambiguous(header)) {
    throw DpopError.invalid('shape', 'Send one header DPoP, which is a signed JWT in compact form.');
  }
  const { typ, alg, jwk } = parsed.header;
  if (!isOfKind(typ, JWT_KINDS.dpopProof)) {
    throw DpopError.invalid('type', `Its header 'typ' must be '${JWT_KINDS.dpopProof}'.`);
  }
  const algorithm = typeof alg === 'string' && algorithms.includes(alg) ? signatureAlgorithm(alg) : undefined;
  if (!algorithm) throw DpopError.invalid('algorithm', `It must be signed with one of ${algorithms.join(', ')}.`);
  if (parsed.header.crit !== undefined) throw DpopError.invalid('shape', "This server knows no header 'crit'.");
  if (!isJsonObject(jwk)) throw DpopError.invalid('key', "Its header 'jwk' must be the public key.");
  if (PRIVATE_MEMBERS.some((name) => name in jwk)) {
    throw DpopError.invalid('key', "Its header 'jwk' must hold the public part of the key only. Make a new key.");
  }
  return { jwt: { ...parsed, text: header, alg: algorithm, kid: undefined }, jwk };
}

function signatureAlgorithm(alg: string): SigningAlgorithm | undefined {
  if (alg === ED25519) return 'EdDSA';
  return isSigningAlgorithm(alg) ? alg : undefined;
}
