import type { RegisteredClient } from '../registered-client.js';

/**
 * An authenticated client, and a way to check whether its credentials still hold. The client may change while the request is
 * served: then it is re-read and the proof is checked again. The check counts nothing and uses up nothing.
 */
export interface ClientProof {
  /** The client as it was when it authenticated. */
  readonly client: RegisteredClient;
  /**
   * Returns the current client where the same credentials authenticate it too.
   * @param current undefined where the client no longer exists
   * @throws OAuthError invalid_client
   */
  holdsFor(current: RegisteredClient | undefined): Promise<RegisteredClient>;
}
