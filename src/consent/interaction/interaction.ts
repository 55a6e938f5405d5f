import type { Reply } from '../../http/replies/reply.js';
import { noStore, redirectReply } from '../../http/replies/replies.js';
import type { StoredFlow } from '../flow/flow-repository.js';
import type { Granted } from '../consents/granted.js';

/**
 * The result of a request of the browser: a redirect to an app, or, after login and consent, a grant for the client.
 * `cookies` are values of Set-Cookie headers.
 */
export type Interaction = RedirectInteraction | GrantedInteraction;

export interface RedirectInteraction {
  kind: 'redirect';
  location: string;
  cookies: string[];
}

/** The reason why a grant could not be issued: its session, or the remembered consent that it relied on, had ended. */
export type EndedBasis = 'session ended' | 'consent revoked';

/**
 * The same verifier may give it several times: the issuing statement enforces single use, and checks that the login session
 * and the remembered consent still exist.
 */
export interface GrantedInteraction {
  kind: 'granted';
  granted: Granted;
  cookies: string[];
  /** The flow, which has ended with this grant. */
  stored: StoredFlow;
  /** An earlier request with the same verifier got the grant too. */
  isRepeated: boolean;
}

/** The redirect to an app, or to a page that ends the interaction. */
export function replyOf({ location, cookies }: Pick<RedirectInteraction, 'location' | 'cookies'>): Reply {
  return noStore(redirectReply(302, location, { cookies }));
}
