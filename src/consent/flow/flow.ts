/**
 * A flow: one authorization request on its way through login and consent, as plain data in the flow store. Every change
 * is a compare-and-set on the whole record. No handle is in it: they are derived from its id.
 */
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import type { JsonObject, JsonValue } from '../../protocol/json.js';

export type FlowState = 'login_asked' | 'login_answered' | 'consent_asked' | 'consent_answered' | 'ended';

export interface Flow {
  state: FlowState;
  request: AuthorizationRequest;
  clientKey: string;
  /** uuid v7: id of the consent, and request id of every token. */
  consentId: string;
  /** Digest of the browser id, base64url. */
  browser: string;
  /** Milliseconds since 1970: when the request arrived. */
  requestedAt: number;
  login: AskedLogin;
  loginAnswer?: LoginAnswer;
  /** From `consent_asked` on. */
  consent?: AskedConsent;
  consentAnswer?: ConsentAnswer;
  /** In `ended`. */
  end?: FlowEnd;
}

export interface AskedLogin {
  /** The browser has a session: the app must accept with its subject. */
  skip: boolean;
  /** Of the session; empty without one. */
  subject: string;
  /** uuid: `sid`, of the session or of the one that this login will start. */
  sessionId: string;
}

export type LoginAnswer = AcceptedLogin | Rejection;

export interface AcceptedLogin {
  kind: 'accepted';
  subject: string;
  remember: boolean;
  /** Seconds; 0: as long as `ttl.authentication_session`. */
  rememberFor: number;
  extendSessionLifespan: boolean;
  acr: string;
  amr: string[];
  context: JsonValue;
  /** Empty: none. */
  forceSubjectIdentifier: string;
  /** Empty: none. */
  identityProviderSessionId: string;
  /** Of the person's browser, where the app passes it. */
  userAgent?: string;
  /** Where the person is, in the app's words. */
  address?: string;
  /** Seconds since 1970: when the app accepted. */
  answeredAt: number;
}

/** What was settled when the browser came back from the login. */
export interface AskedConsent {
  /** A remembered consent covers the request. */
  skip: boolean;
  subject: string;
  /** What the client sees as `sub`. */
  subjectIdentifier: string;
  /** Seconds since 1970. */
  authTime: number;
}

export type ConsentAnswer = AcceptedConsent | Rejection;

export interface AcceptedConsent {
  kind: 'accepted';
  grantScope: string[];
  grantAudience: string[];
  remember: boolean;
  /** Seconds; 0: for ever. */
  rememberFor: number;
  idTokenClaims: JsonObject;
  accessTokenClaims: JsonObject;
  context: JsonValue;
  /** ISO 8601, UTC. */
  handledAt: string;
}

/** What the app says to the client in place of a result. */
export interface Rejection {
  kind: 'rejected';
  error: FlowError;
}

export type FlowEnd =
  | { kind: 'granted' }
  | { kind: 'failed'; error: FlowError }
  /** The session behind it had ended: the same request goes on as another flow. */
  | { kind: 'restarted'; flowId: string };

/** An OAuthError as data: whoever brings the verifier again gets the same one. */
export interface FlowError {
  code: string;
  status: number;
  description: string;
  hint?: string;
  /** For the log. */
  debug?: string;
}
