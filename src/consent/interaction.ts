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

/** It may be given again for the same verifier: the statement that issues decides which of them counts. */
export interface GrantedInteraction {
  kind: 'granted';
  granted: Granted;
  cookies: string[];
}
