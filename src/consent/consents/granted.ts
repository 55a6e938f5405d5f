import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import type { JsonObject, JsonValue } from '../../protocol/json.js';

/** The result of login and consent as plain data: the person, the granted scopes and audiences, the claims of the tokens. */
export interface Granted {
  request: AuthorizationRequest;
  /** uuid v7: the id of the consent, and the request id of every token. */
  consentId: string;
  clientKey: string;
  subject: string;
  /** `sub` of ID tokens and userinfo: the subject, its pairwise value, or the forced one. */
  subjectIdentifier: string;
  /** That of a pairwise client, where the login app forced it. */
  forcedSubject?: string;
  /** `sid`. Empty if the person answered on another device (CIBA): that starts no session. */
  loginSessionId: string;
  grantedScope: string[];
  grantedAudience: string[];
  /** RFC 9396 §7. Absent: none. */
  grantedAuthorizationDetails?: AuthorizationDetail[];
  /** Seconds since 1970: `auth_time`. */
  authTime: number;
  /** Seconds since 1970 when the authorization request arrived: `rat`. */
  requestedAt: number;
  acr: string;
  amr: string[];
  /** The claims that the consent app set. */
  idTokenClaims: JsonObject;
  accessTokenClaims: JsonObject;
  userinfoClaims: JsonObject;
  /** More members of the consent row. */
  consent: ConsentRecord;
}

interface ConsentRecord {
  remember: boolean;
  /** Seconds; 0: forever. */
  rememberFor: number;
  skip: boolean;
  /** uuid of the remembered consent because of which this one was skipped. */
  restsOn?: string;
  /** ISO 8601, UTC. */
  handledAt: string;
  context: JsonValue;
  /** Milliseconds since 1970: until then the consent verifier could be sent again, so its mark is kept. */
  flowExpiresAt: number;
}
