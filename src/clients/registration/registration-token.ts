/**
 * The registration access token of RFC 7592 §3: issued once, stored as a digest, valid until another one replaces it. The
 * digest of an imported one is that of its MAC, which has 48 bytes.
 */
import { equalBytes, sha256 } from '../../crypto/digest.js';
import { readHydraToken } from '../../crypto/hydra-token.js';
import { readToken } from '../../crypto/opaque-token.js';
import { unauthorized } from '../../protocol/admin-error.js';
import { type OAuthError } from '../../protocol/oauth-error.js';

/** Used for the comparison where no digest is stored: no token has it. */
const NO_DIGEST = sha256('no registration token');

/** How a token is checked. */
interface Checking {
  secrets: readonly string[];
  /** Whether tokens of Hydra are accepted too. */
  imported: boolean;
}

/** The digest of the token in the Authorization header (RFC 6750 §2.1). @throws OAuthError 401 */
export function registrationTokenDigest(authorization: string | undefined, { secrets, imported }: Checking): Buffer {
  const [, token = ''] = /^bearer +([^\s]+)$/i.exec(authorization?.trim() ?? '') ?? [];
  const digest =
    readToken('registration_token', secrets, token)?.digest ??
    (imported ? readHydraToken('registration_token', secrets, token) : undefined);
  if (!digest) throw notEntitled();
  return digest;
}

/** @throws OAuthError 401 unless the digest is the client's */
export function requireRegistrationToken(digest: Buffer, stored: Buffer | null | undefined): void {
  if (!equalBytes(digest, stored ?? NO_DIGEST)) throw notEntitled();
}

/** The same error for a missing and a wrong token and an unknown client: it does not reveal which clients exist. */
export function notEntitled(): OAuthError {
  const hint = 'Send the registration_access_token of this client as Bearer token in the Authorization header.';
  return unauthorized(hint).withHeaders({ 'WWW-Authenticate': 'Bearer realm="ostiary"' });
}
