import type { Reply } from '../http/exchange.js';
import { noStore, redirectReply } from '../http/replies.js';
import type { StoredFlow } from './flow/flow-repository.js';
import type { Granted } from './granted.js';

/**
 * How a visit of the browser goes on: to an app, or, once login and consent are given, to the client. `cookies` are
 * whole Set-Cookie lines.
 */
export type Interaction = RedirectInteraction | GrantedInteraction;

export interface RedirectInteraction {
  kind: 'redirect';
  location: string;
  cookies: string[];
}

/**
 * It may be given again for the same verifier: the statement that issues decides which of them counts, and whether the
 * login session is still there.
 */
export interface GrantedInteraction {
  kind: 'granted';
  granted: Granted;
  cookies: string[];
  /** The flow that has ended with it. */
  stored: StoredFlow;
  /** It was given before. */
  isRepeated: boolean;
}

/** To an app, or to a page that ends the walk. */
export function replyOf({ location, cookies }: Pick<RedirectInteraction, 'location' | 'cookies'>): Reply {
  return noStore(redirectReply(302, location, { cookies }));
}
