/** The address of a client id metadata document, which is the id of its client (draft-ietf-oauth-client-id-metadata-document §3). */
import type { MetadataDocumentConfiguration } from '../../config/configuration.js';

const MAX_CHARACTERS = 255;
/** Authority, path and the rest. Whatever is no printable ASCII, a backslash or a fragment does not match. */
const ADDRESS = /^https:\/\/([^/?#\\@]+)(\/[^?#\\]*)(\?[^#\\]*)?$/;
const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * Whether a client id can be such an address: https, a path beyond `/`, no fragment, no user, no segment that a parser would
 * resolve. It is judged and compared as text: nobody may name one document in two ways.
 */
export function isDocumentAddress(clientId: string): boolean {
  if (clientId.length > MAX_CHARACTERS || !PRINTABLE.test(clientId)) return false;
  const [, , path = '/'] = ADDRESS.exec(clientId) ?? [];
  return path !== '/' && !path.split('/').some(isDotSegment) && URL.canParse(clientId);
}

/** Host and port, as people are shown them. */
export function hostOf(documentAddress: string): string {
  return new URL(documentAddress).host;
}

/** Whether the operator lets documents of this host count. */
export function isHostAllowed(
  documentAddress: string,
  { allowed_hosts: allowed, blocked_hosts: blocked }: MetadataDocumentConfiguration,
): boolean {
  const host = new URL(documentAddress).hostname.replace(/\.$/, ''); // the final dot of the root names the same host
  const isAmong = (patterns: readonly string[]): boolean => patterns.some((pattern) => matches(pattern, host));
  return !isAmong(blocked) && (allowed.length === 0 || isAmong(allowed));
}

function matches(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
}

/** RFC 3986 §3.3, written plainly or percent-encoded. */
function isDotSegment(segment: string): boolean {
  const plain = segment.replace(/%2e/gi, '.');
  return plain === '.' || plain === '..';
}
