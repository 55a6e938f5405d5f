/**
 * The claims about the person and the login in the tokens of a grant. They are encrypted in the row of the grant, and in
 * the row of a token only if a hook changed them. They are plain data; integers of any size keep their digits.
 */
import { seal, type SealedPlace } from '../../crypto/aead.js';
import { placeOf, type SealedColumn } from '../../database/sealed-column.js';
import type { Actor } from '../../protocol/actors.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import { type JsonObject, stringifyJson, withoutDefaults } from '../../protocol/json.js';

const PURPOSE = 'grant session';

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

const OF_DELEGATION: SealedColumn = {
  what: 'sessions of delegations',
  table: 'delegation',
  column: 'session',
  purpose: PURPOSE,
  key: [['id', 'uuid']],
};

export const SEALED_SESSIONS: readonly SealedColumn[] = [OF_GRANT, OF_TOKEN, OF_DELEGATION];

/** The place of the session in the row of a grant. */
export const inGrant = (grantId: string): SealedPlace => placeOf(OF_GRANT, grantId);
/** The place of the session in the row of a delegation. */
export const inDelegation = (id: string): SealedPlace => placeOf(OF_DELEGATION, id);
/** The place of the session that a refresh chain has: of its delegation, else of its grant. */
export const inChain = (grantId: string, delegationId?: string | null): SealedPlace =>
  delegationId ? inDelegation(delegationId) : inGrant(grantId);
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

/** The names of the claims that the parameter `claims` asked for, by their place. They stay with the grant. */
export interface ClaimPlaces {
  idToken: string[];
  userinfo: string[];
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
  /** True if the request asked for an `acr`: then the claim is never absent. */
  acrRequested?: boolean;
  amr?: string[];
  sid?: string;
  /** RFC 9396 §7: those of the grant, or of a token whose request narrowed them. Absent: none. */
  authorizationDetails?: AuthorizationDetail[];
  /** Absent if the request had no parameter `claims`. */
  claimPlaces?: ClaimPlaces;
  /** RFC 8693 §4.1: who acts for the subject of an exchanged token. */
  act?: Actor;
}

export const EMPTY_SESSION: GrantSession = { idTokenClaims: {}, accessTokenClaims: {}, userinfoClaims: {} };

export function sealSession(secrets: readonly string[], place: SealedPlace, session: GrantSession): Buffer {
  return seal(secrets, place, stringifyJson(withoutDefaults(session, EMPTY_SESSION)));
}
