import { invalidClient, type OAuthError } from '../../protocol/oauth-error.js';
import type { RegisteredClient } from '../registered-client.js';
import type { PresentedCredentials } from './presented-credentials.js';

/** One way in which a client proves who it is (RFC 6749 §2.3). A method is a file, and a line in `methods.ts`. */
export interface AuthenticationMethod {
  /** Value of `token_endpoint_auth_method`. */
  readonly name: string;
  /** Whether the request uses this method. */
  isPresented(credentials: PresentedCredentials): boolean;
  /** The client that proved itself. @throws OAuthError */
  authenticate(credentials: PresentedCredentials, now: Date): Promise<RegisteredClient>;
}

/** The one answer to an unknown client and to a wrong secret: it must not tell which clients exist. */
export function notAuthenticated(cause?: unknown): OAuthError {
  return invalidClient('Check the client id and its credentials.', cause);
}

/** @throws OAuthError invalid_client where the client is registered for another method */
export function requireMethod(client: RegisteredClient, method: string): void {
  if (client.authMethod === method) return;
  throw invalidClient(
    `The client is registered with token_endpoint_auth_method '${client.authMethod}', but '${method}' was used.`,
  );
}
