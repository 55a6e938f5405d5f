import type { AuthorizationRequest } from '../../../protocol/authorization-request.js';
import type { LoginSession } from '../../sessions/login-sessions.js';

/** What is known when a request arrives. */
export interface LoginSituation {
  request: AuthorizationRequest;
  /** The browser's, if a login may be skipped with it. */
  session?: LoginSession;
  now: Date;
  /** The request is that of a frame on another site, and no cookie of a login came with it. */
  framed?: boolean;
}

/** Why a person has to log in, though they may have a session. */
export interface LoginReason {
  readonly name: string;
  /** What helps where `prompt=none` asked for nobody to be asked. Default: asking without it. */
  readonly advice?: string;
  applies(situation: LoginSituation): boolean;
}
