/** Reads the request for a verifiable credential (OpenID for Verifiable Credential Issuance, draft 00). */
import { isJsonObject, parseJson } from '../../protocol/json.js';
import { invalidRequest } from '../../protocol/oauth-error.js';

export const FORMAT = 'jwt_vc_json';

/** Returns the proof; undefined if there is none and the request is for a nonce. @throws OAuthError invalid_request */
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

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw invalidRequest('The body is no JSON.', cause);
  }
}
