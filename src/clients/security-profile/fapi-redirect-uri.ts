import { isWellFormedRedirectUri } from '../../protocol/redirect-uri.js';

/**
 * FAPI 2.0 Security Profile §5.3.2.2: https, except on the loopback interface of a native app (RFC 8252 §7.3). The name `localhost`
 * may lead to another machine (RFC 8252 §8.3).
 */
export function isFapiRedirectUri(uri: string): boolean {
  if (!isWellFormedRedirectUri(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  if (protocol === 'https:') return hostname !== 'localhost' && !hostname.endsWith('.localhost');
  return protocol === 'http:' && (/^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === '[::1]');
}
