/**
 * What the tokens of a grant say of the person and the login: sealed in the grant's row, and in a token's row only where
 * a hook changed it. Plain data; integers of any size keep their digits.
 */
import { open, seal } from '../../crypto/aead.js';
import type { SealedColumn } from '../../database/sealed-column.js';
import { type JsonObject, parseJson, stringifyJson, withoutDefaults } from '../../protocol/json.js';

const PURPOSE = 'grant session';

export const SEALED_SESSIONS: readonly SealedColumn[] = [
  {
    what: 'sessions of grants',
    table: 'authorization_grant',
    column: 'session',
    purpose: PURPOSE,
    key: [['id', 'uuid']],
  },
  {
    what: 'sessions of access tokens',
    table: 'access_token',
    column: 'session',
    purpose: PURPOSE,
    key: [
      ['bucket', 'integer'],
      ['id', 'uuid'],
    ],
  },
];

export interface SessionClaims {
  /** Top level of the ID token and userinfo. */
  idTokenClaims: JsonObject;
  /** `ext` of introspection and of JWT access tokens. */
  accessTokenClaims: JsonObject;
}

export interface GrantSession extends SessionClaims {
  /** `sub` of ID token and userinfo: the subject, its pairwise value, or the forced one. Absent without a person. */
  subjectIdentifier?: string;
  nonce?: string;
  /** Seconds since 1970. */
  authTime?: number;
  /** Seconds since 1970 when the authorization request arrived: `rat`. */
  requestedAt?: number;
  acr?: string;
  /** `acr_values` were asked for: then `acr` is never absent. */
  acrRequested?: boolean;
  amr?: string[];
  sid?: string;
}

export const EMPTY_SESSION: GrantSession = { idTokenClaims: {}, accessTokenClaims: {} };

export function sealSession(secrets: readonly string[], session: GrantSession): Buffer {
  return seal(secrets, PURPOSE, stringifyJson(withoutDefaults(session, EMPTY_SESSION)));
}

/** @throws Error when no listed secret opens it: a system secret was removed too early. */
export function openSession(secrets: readonly string[], sealed: Buffer | null): GrantSession {
  if (!sealed) return EMPTY_SESSION;
  const plain = open(secrets, PURPOSE, sealed);
  if (!plain) throw new Error('A grant was sealed under a secret that is no longer listed in secrets.system.');
  return { ...EMPTY_SESSION, ...(parseJson(plain.toString()) as Partial<GrantSession>) };
}
