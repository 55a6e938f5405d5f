import type { GrantSession } from './grant-session.js';

/** What a token endpoint request was proven to be entitled to. */
export interface Right {
  subject: string;
  scope: string[];
  audience: string[];
  session: GrantSession;
  /** The grant it comes from; absent for client credentials and assertions. */
  grantId?: string;
  /** uuid of the consent behind the grant. */
  consentId?: string;
}

/** What a revocation ended. */
export interface EndedRight {
  subject: string;
  /** Absent: a token of its own. */
  grantId?: string;
}

/**
 * The client changed or went while a cached copy of it was used: the request is judged again with a fresh one.
 * Thrown by the issuing statements, caught by the pipeline.
 */
export class StaleClient extends Error {
  constructor(readonly clientId: string) {
    super(`The cached client ${clientId} is stale.`);
    this.name = 'StaleClient';
  }
}
