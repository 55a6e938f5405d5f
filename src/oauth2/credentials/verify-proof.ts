import type { JWK } from 'jose';
import { parseForeignJwt } from '../../jwt/compact-jwt.js';
import { judgeTimes } from '../../jwt/judge-times.js';
import { isOfAnotherKind, JWT_KINDS } from '../../jwt/jwt-kind.js';
import { verifies } from '../../jwt/verify-signature.js';
import { findForeignKeyFault } from '../../keys/foreign-keys.js';
import { importPublicKey, isPrivate } from '../../keys/jwk.js';
import { isJsonObject, type JsonValue } from '../../protocol/json.js';
import { invalidRequest } from '../../protocol/oauth-error.js';

/** The key that the holder proved to possess, and the nonce in the proof. */
interface Proof {
  jwk: JWK;
  nonce: string;
}

/** Verifies the proof with the key in its header. @throws OAuthError invalid_request */
export async function verifyProof(text: string, now: Date): Promise<Proof> {
  const jwt = parseForeignJwt(text);
  if (!jwt) throw invalidRequest('The proof must be a JWT that is signed with an asymmetric algorithm.');
  if (isOfAnotherKind(jwt.header.typ, JWT_KINDS.credentialProof)) {
    throw invalidRequest("The proof is of another kind: see its 'typ'.");
  }
  const jwk = await publicKeyIn(jwt.header.jwk);
  const { nonce } = jwt.payload;
  if (typeof nonce !== 'string' || !(await verifies(importPublicKey(jwk), jwt))) {
    throw invalidRequest("The proof must be signed by the public key in its header's 'jwk', over the nonce.");
  }
  judgeTimes(jwt.payload, { now, what: 'proof', error: invalidRequest });
  return { jwk, nonce };
}

/** The holder chooses the key and thereby the cost of the verification, so the key is checked before it is used. */
async function publicKeyIn(jwk: JsonValue | undefined): Promise<JWK> {
  const fault = await findForeignKeyFault(jwk);
  if (fault) throw invalidRequest(`The 'jwk' in the header of the proof cannot be used: ${fault}`);
  if (!isJsonObject(jwk) || isPrivate(jwk))
    throw invalidRequest("The 'jwk' in the header of the proof is no public key.");
  return jwk;
}
