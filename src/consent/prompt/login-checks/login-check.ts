import type { AuthorizationRequest } from '../../../protocol/authorization-request.js';
import type { OAuthError } from '../../../protocol/oauth-error.js';
import type { RegisteredClient } from '../../../clients/registered-client.js';

/** What is known when the browser comes back from the login. Times are seconds since 1970. */
export interface LoginOutcome {
  request: AuthorizationRequest;
  client: RegisteredClient;
  requestedAt: number;
  authTime: number;
  now: number;
  /** Every name the client may know the person by: the subject, and the identifier made for this client. */
  names: readonly string[];
  /** Development mode: plain http is as good as https. */
  dev: boolean;
}

/** Why the login does not do for the request; undefined where it does. */
export type LoginCheck = (outcome: LoginOutcome) => OAuthError | undefined;
