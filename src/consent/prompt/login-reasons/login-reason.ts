import type { AuthorizationRequest } from '../../../protocol/authorization-request.js';
import type { LoginSession } from '../../sessions/login-sessions.js';

/** What is known when a request arrives. */
export interface LoginSituation {
  request: AuthorizationRequest;
  /** The browser's, if a login may be skipped with it. */
  session?: LoginSession;
  now: Date;
}

/** Why a person has to log in, though they may have a session. */
export interface LoginReason {
  readonly name: string;
  applies(situation: LoginSituation): boolean;
}
