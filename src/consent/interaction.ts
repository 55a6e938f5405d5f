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

export interface GrantedInteraction {
  kind: 'granted';
  granted: Granted;
  cookies: string[];
  /** Puts the flow back to "consent answered", because issuing failed for want of the database. Never throws. */
  undo(): Promise<void>;
}
