/** The rules for a proof (RFC 9449 §4.3), the same at every endpoint. */
import type { Configuration } from '../../../config/configuration.js';
import { equalText, sha256 } from '../../../crypto/digest.js';
import { judgeTimes } from '../../../jwt/judge-times.js';
import { verifies } from '../../../jwt/verify-signature.js';
import type { JsonObject } from '../../../protocol/json.js';
import type { ProofEndpoint } from '../proof-method.js';
import { DpopError } from './dpop-error.js';
import { type AcceptedNonce, acceptNonce, currentNonce } from './dpop-nonces.js';
import { namesEndpoint } from './endpoint-addresses.js';
import { parseDpopProof } from './parse-dpop-proof.js';
import type { ProofKeys } from './proof-keys.js';

const MAX_JTI_CHARACTERS = 256;
/**
 * How long a proof is remembered. The configuration keeps `max_age` and `nonce_lifetime` below it; they do not decide,
 * because their change must not move the mark of a proof to the bucket of another day.
 */
const KEPT_MS = 86_400_000;

/** The request that the proof must have been made for. */
export interface ProvenRequest {
  method: string;
  endpoint: ProofEndpoint;
  /** When the request was complete. */
  arrivedAt: Date;
  /** At a protected resource. */
  accessToken?: string;
}

export interface VerifiedProof {
  /** 32 bytes (RFC 7638). */
  thumbprint: Buffer;
  jti: string;
  htu: string;
  /** A day after the time of the proof or its nonce: it is too old long before. The same for every use of the proof. */
  keepUntil: Date;
  /** The accepted nonce in the proof, if nonces are used. */
  nonce?: AcceptedNonce;
}

/**
 * Everything but the single use, which the statement decides that issues or finds a token. The signature comes last: it costs
 * more than all the rest.
 * @throws DpopError
 */
export async function verifyDpopProof(
  header: string,
  request: ProvenRequest,
  { configuration, algorithms, keys }: { configuration: Configuration; algorithms: readonly string[]; keys: ProofKeys },
): Promise<VerifiedProof> {
  const { jwt, jwk } = parseDpopProof(header, algorithms);
  const { jti, htu } = judgeRequest(jwt.payload, request, configuration);
  const { nonce, keepUntil } = judgeFreshness(jwt.payload, request.arrivedAt, configuration);
  const { key, thumbprint } = await keys.of(jwk);
  if (!(await verifies(key, jwt))) {
    throw DpopError.invalid('signature', "It must be signed by the key in its header 'jwk', with its algorithm.");
  }
  return { thumbprint, jti, htu, nonce, keepUntil };
}

/** RFC 9449 §4.3, points 3, 8, 9 and 12. */
function judgeRequest(
  { jti, htm, htu, ath }: JsonObject,
  { method, endpoint, accessToken }: ProvenRequest,
  configuration: Configuration,
): { jti: string; htu: string } {
  if (typeof jti !== 'string' || !jti || jti.length > MAX_JTI_CHARACTERS) {
    throw DpopError.invalid('jti', `Its claim 'jti' must be a text of 1 to ${MAX_JTI_CHARACTERS} characters.`);
  }
  if (htm !== method) throw DpopError.invalid('method', `Its claim 'htm' must be '${method}'.`);
  if (typeof htu !== 'string' || !namesEndpoint(htu, endpoint, configuration)) {
    throw DpopError.invalid('address', "Its claim 'htu' must be the address of this endpoint, as discovery names it.");
  }
  if (accessToken !== undefined) judgeToken(ath, accessToken);
  return { jti, htu };
}

function judgeToken(ath: unknown, accessToken: string): void {
  if (typeof ath === 'string' && equalText(ath, sha256(accessToken).toString('base64url'))) return;
  throw DpopError.invalid('token', "Its claim 'ath' must be the SHA-256 of the access token in base64url.");
}

/** RFC 9449 §4.3, points 10 and 11; §11.1. A nonce replaces the lower bound of `iat`, for clients with a wrong clock. */
function judgeFreshness(
  claims: JsonObject,
  now: Date,
  { oauth2: { dpop }, secrets }: Configuration,
): Pick<VerifiedProof, 'nonce' | 'keepUntil'> {
  const iat = judgeClaimedTimes(claims, now, dpop.clock_skew);
  const rules = { secrets: secrets.system, lifetime: dpop.nonce_lifetime, now };
  const nonce = dpop.nonce === 'off' ? undefined : judgeNonce(claims.nonce, dpop.nonce, rules);
  if (nonce) return { nonce, keepUntil: new Date(nonce.expiresAt.getTime() + KEPT_MS) };
  if ((iat + dpop.max_age) * 1000 < now.getTime()) {
    throw DpopError.invalid('time', `It is older than ${dpop.max_age} seconds (claim 'iat'): make a new one.`);
  }
  return { keepUntil: new Date(iat * 1000 + KEPT_MS) };
}

/** Returns `iat` in seconds since 1970. */
function judgeClaimedTimes(claims: JsonObject, now: Date, tolerance: number): number {
  const error = (hint: string): DpopError => DpopError.invalid('time', hint);
  const { iat = NaN, exp } = judgeTimes(claims, {
    ...{ now, tolerance, error },
    what: 'proof',
    required: ['iat'],
    mayBeExpired: true, // here it may have expired by as much as clocks differ
  });
  if (exp + tolerance <= now.getTime() / 1000) throw error("The proof has expired (claim 'exp'): make a new one.");
  return iat;
}

function judgeNonce(
  nonce: unknown,
  mode: 'optional' | 'required',
  rules: Parameters<typeof acceptNonce>[1],
): AcceptedNonce | undefined {
  if (nonce === undefined && mode === 'optional') return undefined;
  const accepted = typeof nonce === 'string' ? acceptNonce(nonce, rules) : undefined;
  if (accepted) return accepted;
  throw DpopError.useNonce(currentNonce(rules), "Put the value of the header DPoP-Nonce into the claim 'nonce'.");
}
