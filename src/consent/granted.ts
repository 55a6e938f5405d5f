import type { AuthorizationRequest } from '../protocol/authorization-request.js';
import type { JsonObject, JsonValue } from '../protocol/json.js';

/** What login and consent end with: the person, what they granted, and what tokens say of them. Plain data. */
export interface Granted {
  request: AuthorizationRequest;
  /** uuid v7: the consent's, and the request id of every token. */
  consentId: string;
  clientKey: string;
  subject: string;
  /** `sub` of ID tokens and userinfo: the subject, its pairwise value, or the forced one. */
  subjectIdentifier: string;
  /** `sid` */
  loginSessionId: string;
  grantedScope: string[];
  grantedAudience: string[];
  /** Seconds since 1970: `auth_time`. */
  authTime: number;
  /** Seconds since 1970 when the authorization request arrived: `rat`. */
  requestedAt: number;
  acr: string;
  amr: string[];
  /** The consent app's claims. */
  idTokenClaims: JsonObject;
  accessTokenClaims: JsonObject;
  /** What the consent row keeps beside. */
  consent: ConsentRecord;
}

export interface ConsentRecord {
  remember: boolean;
  /** Seconds; 0: for ever. */
  rememberFor: number;
  skip: boolean;
  /** ISO 8601, UTC. */
  handledAt: string;
  context: JsonValue;
  /** Milliseconds since 1970: until then the consent verifier could be brought again, so its mark is kept. */
  flowExpiresAt: number;
}
