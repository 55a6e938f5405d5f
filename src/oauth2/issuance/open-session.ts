/** Decrypts the sessions of grants and tokens, and tells the operator where that fails. */
import { Logger } from '@nestjs/common';
import type { SealedPlace } from '../../crypto/aead.js';
import { openColumn, type OpeningSecrets } from '../../database/sealed-column.js';
import { parseJson } from '../../protocol/json.js';
import { invalidGrant } from '../../protocol/oauth-error.js';
import { ThrottledReport } from '../../protocol/throttled-report.js';
import { EMPTY_SESSION, type GrantSession, inChain } from './grant-session.js';

const TELL_EVERY_MS = 60_000;
/** For this long after one session could not be decrypted, others are in doubt too. */
const DOUBT_MS = 600_000;

/** The last time at which a session could not be decrypted, by `performance.now()`. */
let unopenedAt = -Infinity;

const unopened = new ThrottledReport<string>(TELL_EVERY_MS, (latest, count) => {
  new Logger('GrantSession').error({
    message:
      'Sessions of grants or tokens cannot be decrypted: they were encrypted under a secret that is no longer listed, or for another row. Their tokens are refused. Put the secret back at the end of secrets.system, and run ostiary reencrypt before you take it away.',
    latest,
    count,
  });
});

/**
 * Decrypts a session. Returns undefined, and logs it, if no listed secret decrypts it in this place: a system secret was
 * removed too early, or the value was copied from another row. The tokens of the session are then refused.
 */
export function openSession(secrets: OpeningSecrets, place: SealedPlace, sealed: Buffer): GrantSession | undefined {
  const plain = openColumn(secrets, place, sealed);
  if (plain) return { ...EMPTY_SESSION, ...(parseJson(plain.toString()) as Partial<GrantSession>) };
  unopenedAt = performance.now();
  unopened.record(place.at.toString().replaceAll('\u0000', ' '));
  return undefined;
}

/** Whether a session failed to decrypt lately. Others are then read before a credential is spent, so that it survives. */
export function sessionsAreInDoubt(): boolean {
  return performance.now() < unopenedAt + DOUBT_MS;
}

/**
 * The session of a presented grant, or of a delegation of it.
 * @throws OAuthError invalid_grant if it cannot be decrypted
 */
export function sessionOfGrant(
  secrets: OpeningSecrets,
  grantId: string,
  sealed: Buffer,
  delegationId?: string | null,
): GrantSession {
  const session = openSession(secrets, inChain(grantId, delegationId), sealed);
  if (session) return session;
  throw invalidGrant('What this server knows of the login cannot be read any more. Ask the user to log in again.');
}
