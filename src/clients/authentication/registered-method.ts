import type { RegisteredClient } from '../registered-client.js';
import type { PresentedCredentials } from './presented-credentials.js';

/**
 * A method of clients that name themselves and send no other credential in the request: which of these methods it is, only
 * their registration says (RFC 6749 §2.1, RFC 8705 §2). Each is one file and one line in `methods.ts`.
 */
export interface RegisteredMethod {
  /** The value of `token_endpoint_auth_method`. */
  readonly name: string;
  /** Returns where the request proves the client. @throws OAuthError invalid_client, CertificateRefused */
  prove(client: RegisteredClient, credentials: PresentedCredentials, now: Date): void | Promise<void>;
}

/** Provider token of the list of these methods. */
export const REGISTERED_METHODS = Symbol('REGISTERED_METHODS');
