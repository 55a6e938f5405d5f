import type { Configuration, CorsConfiguration } from '../../../config/configuration.js';
import type { ListenerName } from '../../exchange/exchange.js';

/** RFC 9449 §8: a page sends proofs, and reads the nonce for the next one and why one was refused. */
const DPOP_ALLOWED = ['DPoP'];
const DPOP_EXPOSED = ['DPoP-Nonce', 'WWW-Authenticate'];

/** A configuration never changes: a reload makes another one. */
const extended = new WeakMap<CorsConfiguration, CorsConfiguration>();

/** The settings of a listener, with the headers of the features that are switched on. */
export function corsSettings({ serve, oauth2 }: Configuration, listener: ListenerName): CorsConfiguration {
  const { cors } = serve[listener];
  if (!oauth2.dpop.enabled || listener !== 'public') return cors;
  let settings = extended.get(cors);
  if (!settings) {
    settings = {
      ...cors,
      allowed_headers: [...cors.allowed_headers, ...DPOP_ALLOWED],
      exposed_headers: union(cors.exposed_headers, DPOP_EXPOSED),
    };
    extended.set(cors, settings);
  }
  return settings;
}

/** The names of headers are case-insensitive. */
function union(some: readonly string[], more: readonly string[]): string[] {
  const known = new Set(some.map((name) => name.toLowerCase()));
  return [...some, ...more.filter((name) => !known.has(name.toLowerCase()))];
}
