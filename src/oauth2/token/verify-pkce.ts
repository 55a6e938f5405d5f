import { equalText, sha256 } from '../../crypto/digest.js';
import { invalidGrant } from '../../protocol/oauth-error.js';

const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/**
 * RFC 7636 §4.6: the verifier must hash to the challenge that is bound to the code. A challenge stays bound until the
 * code is redeemed. A verifier for a code without a challenge is refused (RFC 9700 §2.1.1: it would hide a downgrade).
 */
export function verifyPkce(challenge: string | undefined, verifier: string | undefined): void {
  if (!challenge) {
    if (!verifier) return;
    throw invalidGrant("A 'code_verifier' was sent, but the authorization request had no 'code_challenge'.");
  }
  if (!verifier) throw invalidGrant("The authorization request had a 'code_challenge': send its 'code_verifier'.");
  if (!VERIFIER.test(verifier)) {
    throw invalidGrant("The 'code_verifier' must have 43 to 128 characters out of A-Z a-z 0-9 - . _ ~.");
  }
  if (!equalText(sha256(verifier).toString('base64url'), challenge)) {
    throw invalidGrant("The 'code_verifier' does not match the 'code_challenge' of the authorization request.");
  }
}
