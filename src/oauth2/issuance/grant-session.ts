/**
 * The claims about the person and the login in the tokens of a grant. They are encrypted in the row of the grant, and in
 * the row of a token only if a hook changed them. They are plain data; integers of any size keep their digits.
 */
import { Logger } from '@nestjs/common';
import { seal, type SealedPlace } from '../../crypto/aead.js';
import { openColumn, type OpeningSecrets, placeOf, type SealedColumn } from '../../database/sealed-column.js';
import { ThrottledReport } from '../../protocol/throttled-report.js';
import { type JsonObject, parseJson, stringifyJson, withoutDefaults } from '../../protocol/json.js';
import { invalidGrant } from '../../protocol/oauth-error.js';

const PURPOSE = 'grant session';
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

const OF_GRANT: SealedColumn = {
  what: 'sessions of grants',
  table: 'authorization_grant',
  column: 'session',
  purpose: PURPOSE,
  key: [['id', 'uuid']],
};

const OF_TOKEN: SealedColumn = {
  what: 'sessions of access tokens',
  table: 'access_token',
  column: 'session',
  purpose: PURPOSE,
  key: [
    ['bucket', 'integer'],
    ['id', 'uuid'],
  ],
};

export const SEALED_SESSIONS: readonly SealedColumn[] = [OF_GRANT, OF_TOKEN];

/** The place of the session in the row of a grant. */
export const inGrant = (grantId: string): SealedPlace => placeOf(OF_GRANT, grantId);
/** The place of the session in the row of an access token. */
export const inToken = ({ bucket, id }: { bucket: number; id: string }): SealedPlace => placeOf(OF_TOKEN, bucket, id);

export interface SessionClaims {
  /** Claims at the top level of the ID token and userinfo. */
  idTokenClaims: JsonObject;
  /** The member `ext` of introspection and of JWT access tokens. */
  accessTokenClaims: JsonObject;
}

/** The claims of a consent. */
interface ConsentClaims extends SessionClaims {
  /** Claims of userinfo alone, in addition to those of the ID token. */
  userinfoClaims: JsonObject;
}

export interface GrantSession extends ConsentClaims {
  /** `sub` of ID token and userinfo: the subject, its pairwise value, or the forced one. Absent without a person. */
  subjectIdentifier?: string;
  nonce?: string;
  /** The time of the login in seconds since 1970. */
  authTime?: number;
  /** The arrival of the authorization request (`rat`) in seconds since 1970. */
  requestedAt?: number;
  acr?: string;
  /** True if the request had `acr_values`: then `acr` is never absent. */
  acrRequested?: boolean;
  amr?: string[];
  sid?: string;
}

export const EMPTY_SESSION: GrantSession = { idTokenClaims: {}, accessTokenClaims: {}, userinfoClaims: {} };

export function sealSession(secrets: readonly string[], place: SealedPlace, session: GrantSession): Buffer {
  return seal(secrets, place, stringifyJson(withoutDefaults(session, EMPTY_SESSION)));
}

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

/** The session of a presented grant. @throws OAuthError invalid_grant if it cannot be decrypted */
export function sessionOfGrant(secrets: OpeningSecrets, grantId: string, sealed: Buffer): GrantSession {
  const session = openSession(secrets, inGrant(grantId), sealed);
  if (session) return session;
  throw invalidGrant('What this server knows of the login cannot be read any more. Ask the user to log in again.');
}
