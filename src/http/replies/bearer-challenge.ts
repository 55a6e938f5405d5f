import type { OAuthError } from '../../protocol/oauth-error.js';

/** RFC 6750 §3.1. */
const CODES = new Set(['invalid_request', 'invalid_token', 'insufficient_scope']);

/**
 * Adds to an error of a protected resource how to authenticate, and why this try failed (RFC 6750 §3). A request without a
 * token gets no error code (§3.1).
 */
export function bearerChallenge(error: OAuthError): OAuthError {
  if (error.status !== 401 && error.status !== 403) return error;
  const { code } = error;
  const why = CODES.has(code) ? `error="${code}",error_description="${challengeText(error)}"` : 'realm="ostiary"';
  return error.withHeaders({ 'WWW-Authenticate': `Bearer ${why}` });
}

/** The description of an error as a quoted value: a header holds printable ASCII. */
export function challengeText(error: OAuthError): string {
  return error.publicDescription.replaceAll('\\', '/').replace(/[^ -~]/g, '?');
}
