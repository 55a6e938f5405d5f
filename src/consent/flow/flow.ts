/**
 * A flow: the state of one authorization request during login and consent, as plain data in the flow store. Every change
 * is a compare-and-set on the whole record. It contains no handles: they are derived from its id.
 */
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import type { JsonObject, JsonValue } from '../../protocol/json.js';

export type FlowState = 'login_asked' | 'login_answered' | 'consent_asked' | 'consent_answered' | 'ended';

export interface Flow {
  state: FlowState;
  request: AuthorizationRequest;
  clientKey: string;
  /** uuid v7: the id of the consent, and the request id of every token. */
  consentId: string;
  /** Digest of the browser id, base64url. */
  browser: string;
  /** Milliseconds since 1970: when the request arrived. */
  requestedAt: number;
  login: AskedLogin;
  loginAnswer?: LoginAnswer;
  /** Set from state `consent_asked` on. */
  consent?: AskedConsent;
  consentAnswer?: ConsentAnswer;
  /** Set in state `ended`. */
  end?: FlowEnd;
}

export interface AskedLogin {
  /** The browser has a session: the app must accept with its subject. */
  skip: boolean;
  /** The subject of the session; empty without a session. */
  subject: string;
  /** Without `skip`: the subject of a session whose login does not satisfy the request. */
  knownSubject?: string;
  /** uuid: the `sid` of the session, or of the session that this login will start. */
  sessionId: string;
}

type LoginAnswer = AcceptedLogin | Rejection | AnotherPerson;

export interface AcceptedLogin {
  kind: 'accepted';
  subject: string;
  remember: boolean;
  /** Seconds; 0: as long as `ttl.authentication_session`. */
  rememberFor: number;
  /** The browser deletes the cookie when it is closed, if it is closed before the session expires. */
  untilBrowserClosed?: true;
  extendSessionLifespan: boolean;
  acr: string;
  amr: string[];
  context: JsonValue;
  /** Empty: none. */
  forceSubjectIdentifier: string;
  /** Empty: none. */
  identityProviderSessionId: string;
  /** `User-Agent` of the person's browser, if the app sent it. */
  userAgent?: string;
  /** The place or network address of the person, as the app described it. */
  address?: string;
  /** Seconds since 1970: when the app accepted. */
  answeredAt: number;
}

/** The app accepted a skipped login for another person than the one of the session: the login begins anew. */
interface AnotherPerson {
  kind: 'another person';
}

/** The result of the login, set when the browser returns from the login app. */
export interface AskedConsent {
  /** A remembered consent covers the request. */
  skip: boolean;
  /** uuid of that consent. */
  restsOn?: string;
  subject: string;
  /** The `sub` that the client sees. */
  subjectIdentifier: string;
  /** Seconds since 1970. */
  authTime: number;
  /** Of a skipped login whose app did not tell them: those of its session. */
  acr?: string;
  amr?: string[];
}

type ConsentAnswer = AcceptedConsent | Rejection;

export interface AcceptedConsent {
  kind: 'accepted';
  grantScope: string[];
  grantAudience: string[];
  /** RFC 9396 §7. Absent: none. */
  grantAuthorizationDetails?: AuthorizationDetail[];
  remember: boolean;
  /** Seconds; 0: forever. */
  rememberFor: number;
  idTokenClaims: JsonObject;
  accessTokenClaims: JsonObject;
  /** Absent: none. */
  userinfoClaims?: JsonObject;
  context: JsonValue;
  /** ISO 8601, UTC. */
  handledAt: string;
}

/** The error that an app sends to the client. */
export interface Rejection {
  kind: 'rejected';
  error: FlowError;
}

export type FlowEnd =
  | { kind: 'granted' }
  | { kind: 'failed'; error: FlowError }
  /** The session or consent that it relied on had ended: the request continues as another flow. */
  | { kind: 'restarted'; flowId: string };

/** An OAuthError as data: a repeated use of the verifier gets the same error. */
export interface FlowError {
  code: string;
  status: number;
  description: string;
  hint?: string;
  /** Only for the log. */
  debug?: string;
}
