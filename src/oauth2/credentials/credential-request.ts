/** The request of a verifiable credential (OpenID for Verifiable Credential Issuance, draft 00) and its proof. */
import { type CryptoKey, importJWK, type JWK, jwtVerify, decodeProtectedHeader } from 'jose';
import { isJsonObject, parseJson } from '../../protocol/json.js';
import { invalidRequest } from '../../protocol/oauth-error.js';

export const FORMAT = 'jwt_vc_json';
const ALGORITHMS = ['PS256', 'RS256', 'ES256', 'PS384', 'RS384', 'ES384', 'PS512', 'RS512', 'ES512', 'EdDSA'];

/** The key that the holder proved to have, and the nonce that the proof is over. */
export interface Proof {
  jwk: JWK;
  nonce: string;
}

/** The proof as sent; undefined where the request has none and asks for a nonce. @throws OAuthError invalid_request */
export function readCredentialRequest(text: string): string | undefined {
  const body = parsed(text);
  if (!isJsonObject(body)) throw invalidRequest('The body must be a JSON object.');
  if (body.format !== FORMAT) throw invalidRequest(`Member 'format' must be '${FORMAT}'.`);
  if (body.proof === undefined || body.proof === null) return undefined;
  const proof = isJsonObject(body.proof) ? body.proof : {};
  if (proof.proof_type !== 'jwt') throw invalidRequest("Member 'proof.proof_type' must be 'jwt'.");
  if (typeof proof.jwt !== 'string') throw invalidRequest("Member 'proof.jwt' must be a compact JWT.");
  return proof.jwt;
}

/** Verifies the proof with the very key that its header names. @throws OAuthError invalid_request */
export async function verifyProof(jwt: string, now: Date): Promise<Proof> {
  try {
    const { jwk, alg } = decodeProtectedHeader(jwt);
    if (!jwk || !alg || 'd' in jwk || jwk.kty === 'oct') throw new Error('no public jwk in the header');
    const key = (await importJWK(jwk, alg)) as CryptoKey;
    const { payload } = await jwtVerify(jwt, key, { algorithms: ALGORITHMS, currentDate: now });
    if (typeof payload.nonce !== 'string') throw new Error('no nonce among the claims');
    return { jwk, nonce: payload.nonce };
  } catch (cause) {
    throw invalidRequest("The proof must be signed by the public key in its header's 'jwk', over the nonce.", cause);
  }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw invalidRequest('The body is no JSON.', cause);
  }
}
