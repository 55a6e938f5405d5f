/** Redirect URIs: finds the registered one that a request names (RFC 6749 §3.1.2.3, RFC 8252 §7.3). */

/**
 * The redirect URI that the request may use, or undefined when it names none of the registered ones. Comparison is exact (RFC
 * 9700 §2.1), except that the port of an `http` URI on the user's own machine may differ: of a loopback literal (RFC 8252
 * §7.3), and of `localhost`, which native apps register as often (§8.3 advises against it).
 */
export function matchRedirectUri(registered: readonly string[], requested: string | undefined): string | undefined {
  if (requested === undefined || requested === '') return registered.length === 1 ? registered[0] : undefined;
  if (registered.includes(requested)) return requested;
  const wanted = loopback(requested);
  if (!wanted) return undefined;
  const same = registered.map(loopback).some((r) => r?.host === wanted.host && r.rest === wanted.rest);
  return same ? requested : undefined;
}

/** Schemes whose content a browser executes or displays instead of opening an app. No app can register them. */
const ACTIVE_SCHEMES = /^(javascript|data|vbscript|blob|file|about|view-source):/i;

/**
 * A redirect URI is absolute and has no fragment (RFC 6749 §3.1.2). Characters that URL parsers drop or replace (white space,
 * control characters, backslash) are refused: two parsers must not see two addresses.
 */
export function isWellFormedRedirectUri(uri: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(uri) || /[\s\u0000-\u001f\u007f\\#]/.test(uri)) return false;
  return URL.canParse(uri) && !ACTIVE_SCHEMES.test(uri);
}

/** `http` is safe on the user's own machine only: a loopback literal, `localhost`, or a name below it. */
export function isSecureRedirectUri(uri: string): boolean {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  return url !== undefined && (url.protocol !== 'http:' || isLocalHost(url.hostname));
}

/** The condition for a remembered consent of a public client: https, or http on the user's own machine. */
export function isTrustedPublicRedirectUri(uri: string): boolean {
  return isSecureRedirectUri(uri) && /^https?:/i.test(uri);
}

export function isLocalHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopbackLiteral(hostname);
}

function isLoopbackLiteral(hostname: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === '[::1]';
}

const LOOPBACK = /^http:\/\/(127\.\d+\.\d+\.\d+|\[::1\]|localhost)(?::\d{1,5})?([/?][^\s#\\]*)?$/i;

/** Splits an http URI of this machine without its port. It is read as text: a URL parser would normalise it. */
function loopback(uri: string): { host: string; rest: string } | undefined {
  const [match, host = '', rest = ''] = LOOPBACK.exec(uri) ?? [];
  return match && URL.canParse(match) ? { host, rest } : undefined;
}
