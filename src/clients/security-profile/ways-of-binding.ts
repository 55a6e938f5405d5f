import type { Configuration } from '../../config/configuration.js';

/** A way to bind access tokens to their sender. */
interface WayOfBinding {
  /** The key of the configuration that switches it on. */
  key: string;
  isOn: (configuration: Configuration) => boolean;
  /** The client member that demands it. */
  member: 'dpop_bound_access_tokens' | 'tls_client_certificate_bound_access_tokens';
}

/** RFC 9449 §5.2, RFC 8705 §3.4. */
export const WAYS_OF_BINDING: readonly WayOfBinding[] = [
  { key: 'oauth2.dpop.enabled', isOn: ({ oauth2 }) => oauth2.dpop.enabled, member: 'dpop_bound_access_tokens' },
  {
    key: 'oauth2.mtls.enabled',
    isOn: ({ oauth2 }) => oauth2.mtls.enabled,
    member: 'tls_client_certificate_bound_access_tokens',
  },
];
