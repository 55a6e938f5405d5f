import type { Configuration } from '../../config/configuration.js';

/** A way to bind access tokens to their sender. */
interface WayOfBinding {
  /** The key of the configuration that switches it on. */
  key: string;
  isOn: (configuration: Configuration) => boolean;
  /** The client member that demands it. */
  member: 'dpop_bound_access_tokens';
}

/** RFC 9449 §5.2. */
export const WAYS_OF_BINDING: readonly WayOfBinding[] = [
  { key: 'oauth2.dpop.enabled', isOn: ({ oauth2 }) => oauth2.dpop.enabled, member: 'dpop_bound_access_tokens' },
];
