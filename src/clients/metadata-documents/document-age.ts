/** How long a document may be used before it is fetched again (draft §5.2, RFC 9111 §4.2). */
import type { MetadataDocumentConfiguration } from '../../config/configuration.js';
import type { OutboundResponse } from '../../http/outbound/outbound-request.js';

/** In seconds, within the bounds of the configuration. What the answer does not say counts as the shortest time. */
export function usableFor(
  { headers }: Pick<OutboundResponse, 'headers'>,
  { min_age, max_age }: Pick<MetadataDocumentConfiguration, 'min_age' | 'max_age'>,
): number {
  const said = lifetimeIn(headers) ?? min_age;
  return Math.min(Math.max(said, min_age), max_age);
}

function lifetimeIn(headers: OutboundResponse['headers']): number | undefined {
  const directives = textOf(headers['cache-control']).toLowerCase();
  if (/(?:^|[\s,])no-(?:store|cache)(?:$|[\s,=])/.test(directives)) return undefined;
  const [, maxAge] = /(?:^|[\s,])max-age="?(\d{1,9})"?(?:$|[\s,])/.exec(directives) ?? [];
  if (maxAge !== undefined) return Number(maxAge) - ageOf(headers);
  // Both times are by the clock of the other server.
  const expires = Date.parse(textOf(headers.expires)) - Date.parse(textOf(headers.date));
  return Number.isNaN(expires) ? undefined : expires / 1000;
}

/** For how long a cache on the way has had the answer. */
function ageOf(headers: OutboundResponse['headers']): number {
  const age = textOf(headers.age);
  return /^\d{1,9}$/.test(age) ? Number(age) : 0;
}

function textOf(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(',') : (header ?? '');
}
