/**
 * The registered patterns that would match an origin: the origin itself, and a wildcard for each domain above it. There are
 * few of them, whatever origin a stranger sends, so that they can be looked up instead of searched for.
 */

/** A host name has at most 253 characters (RFC 1035 §2.3.4); scheme and port stand around it. */
const MAX_LENGTH = 300;
/** The limit for the domain of a wildcard: no real one has more labels. */
const MAX_LABELS = 10;
/** The host may contain any character of RFC 3986 §3.2.2: underscores are common. */
const ORIGIN = /^(https?:\/\/)([\w.~!$&'()+;=%-]+|\[[0-9a-f:.]+\])((?::\d{1,5})?)$/;

/** In lower case. Empty for a text that no browser sends as the origin of a page. */
export function patternsFor(origin: string): string[] {
  const [, scheme = '', host = '', port = ''] =
    origin.length > MAX_LENGTH ? [] : (ORIGIN.exec(origin.toLowerCase()) ?? []);
  if (host === '') return [];
  const domains = host.startsWith('[') ? [] : parents(host);
  return [scheme + host + port, ...domains.map((domain) => `${scheme}*.${domain}${port}`)];
}

/** `b.c` and `c` of `a.b.c`. */
function parents(host: string): string[] {
  const labels = host.split('.').slice(1).slice(-MAX_LABELS);
  return labels.map((_, index) => labels.slice(index).join('.'));
}
