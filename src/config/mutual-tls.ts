/** What the keys of mutual TLS (RFC 8705) mean, with that which no key says. */
import type { MutualTlsConfiguration, MutualTlsListenerConfiguration } from './configuration.js';
import type { MutualTlsListenerSettings, MutualTlsSettings } from './settings.js';

/** Of what public and admin listener have besides, this listener needs nothing: no browser and no proxy calls it. */
const FIXED = {
  socket: { owner: '', group: '', mode: 0 },
  trusted_proxies: [],
  request_log: { disable_for_health: false },
  cors: {
    enabled: false,
    ...{ allowed_origins: [], allowed_methods: [], allowed_headers: [], exposed_headers: [] },
    ...{ allow_credentials: false, options_passthrough: false, max_age: 0 },
  },
};

export function mutualTlsListener({ tls, ...given }: MutualTlsListenerSettings): MutualTlsListenerConfiguration {
  return { ...FIXED, ...given, tls: { ...tls, enabled: true, allow_termination_from: [] } };
}

/** Names of headers are case-insensitive (RFC 9110 §5.1); Node.js gives them in lower case. */
export function certificateProxy({ proxy }: MutualTlsSettings): MutualTlsConfiguration['proxy'] {
  const { header, chain_header: chain, format } = proxy;
  if (!header || !format) return undefined;
  return { header: header.toLowerCase(), ...(chain && { chain_header: chain.toLowerCase() }), format };
}
