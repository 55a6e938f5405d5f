/** What the statements that spend a credential get to know of the proof of a request. */
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { AccessTokenDraft } from './access-token-draft.js';

/**
 * The confirmations of the access token and of its refresh chain. A chain is bound if the client is a public one; that of any
 * other is bound by client authentication (RFC 9449 §5, RFC 8705 §4).
 */
export function confirmationValues({ proof }: AccessTokenDraft, client: RegisteredClient): (Buffer | null)[] {
  const bytes = proof?.confirmation.bytes ?? null;
  return [bytes, client.isPublic ? bytes : null];
}

/** The parameters of the mark, for the statement that has them. */
export function markValues({ proof }: AccessTokenDraft): unknown[] {
  return proof?.mark ? [proof.mark.bucket, proof.mark.digest, proof.mark.claimant] : [];
}
