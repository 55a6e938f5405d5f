import type { GrantSession } from './grant-session.js';

/** The access that a token request is entitled to. */
export interface AuthorizedAccess {
  subject: string;
  scope: string[];
  /** The scope before the resource of the token limited it (see resource-scopes.ts); absent if none did. */
  unlimitedScope?: string[];
  audience: string[];
  session: GrantSession;
  /** The grant behind the access; absent for client credentials and assertions. */
  grantId?: string;
  /** The delegation that holds the access in place of the whole grant, if it came by token exchange. */
  delegationId?: string;
  /** The UUID of the consent behind the grant. */
  consentId?: string;
}

/** The access that a revocation ended. */
export interface RevokedAccess {
  subject: string;
  /** Absent for a token without a grant. */
  grantId?: string;
}

/**
 * The client was changed or deleted while a cached copy of it was used. The issuing statements throw this error; the
 * pipeline catches it and checks the request again with the current client.
 */
export class StaleClient extends Error {
  constructor(readonly clientId: string) {
    super(`The cached client ${clientId} is stale.`);
    this.name = 'StaleClient';
  }
}
