import { invalidClient, type OAuthError } from '../../protocol/oauth-error.js';
import type { RegisteredClient } from '../registered-client.js';
import type { ClientProof } from './client-proof.js';
import type { PresentedCredentials } from './presented-credentials.js';

/** A client authentication method (RFC 6749 §2.3). Each method is one file and one line in `methods.ts`. */
export interface AuthenticationMethod {
  /** Whether the request uses this method. */
  isPresented(credentials: PresentedCredentials): boolean;
  /** Returns the proof of the client, and marks single-use credentials as used. @throws OAuthError */
  authenticate(credentials: PresentedCredentials, now: Date): Promise<ClientProof>;
}

/**
 * The same answer for an unknown client, a wrong secret or signature, and a wrong method: an unauthenticated caller must not
 * learn which clients exist, nor how they authenticate (RFC 6819 §4.3.5). The details are in the cause, which no client sees.
 */
export function notAuthenticated(cause?: unknown): OAuthError {
  return invalidClient(
    'Check the client id, its credentials, and the method that the client is registered with.',
    cause,
  );
}

/** The reason for a client that authenticated by another method than its registered one. No other caller may see it. */
export function wrongMethod(client: RegisteredClient, method: string): string {
  return `The client is registered with token_endpoint_auth_method '${client.authMethod}', but '${method}' was used.`;
}
