/** Redirect URIs: which of the registered ones a request names (RFC 6749 §3.1.2.3, RFC 8252 §7.3). */

/**
 * The redirect URI that the request may use, or undefined when it names none of the registered ones.
 * Comparison is exact (RFC 9700 §2.1), except that the port of an `http` loopback literal may differ (RFC 8252 §7.3).
 */
export function matchRedirectUri(registered: readonly string[], requested: string | undefined): string | undefined {
  if (requested === undefined || requested === '') return registered.length === 1 ? registered[0] : undefined;
  if (registered.includes(requested)) return requested;
  const wanted = loopback(requested);
  if (!wanted) return undefined;
  const same = registered.map(loopback).some((r) => r?.host === wanted.host && r.rest === wanted.rest);
  return same ? requested : undefined;
}

/** A redirect URI has a scheme and no fragment (RFC 6749 §3.1.2). */
export function isWellFormedRedirectUri(uri: string): boolean {
  return URL.canParse(uri) && !uri.includes('#') && /^[a-z][a-z0-9+.-]*:/i.test(uri);
}

/** `http` is safe on the user's own machine only: a loopback literal, `localhost`, or a name below it. */
export function isSecureRedirectUri(uri: string): boolean {
  const url = new URL(uri);
  return url.protocol !== 'http:' || isLocalHost(url.hostname);
}

/** What a public client must have for a remembered consent to count: https, or http on the user's own machine. */
export function isTrustedPublicRedirectUri(uri: string): boolean {
  const url = new URL(uri);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocalHost(url.hostname));
}

function isLocalHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopbackLiteral(hostname);
}

function isLoopbackLiteral(hostname: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === '[::1]';
}

/** An http URI whose host is a loopback literal, taken apart without its port. */
function loopback(uri: string): { host: string; rest: string } | undefined {
  if (!/^http:\/\//i.test(uri) || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  if (!isLoopbackLiteral(url.hostname) || url.hash || url.username || url.password) return undefined;
  return { host: url.hostname, rest: url.pathname + url.search };
}
