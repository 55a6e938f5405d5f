/** Scopes (RFC 6749 §3.3): lists of words, and the two strategies by which an allowed list admits a wanted word. */

export type ScopeStrategy = 'wildcard' | 'exact';

/** Splits a space-separated list into its words, each once, in order. */
export function splitWords(text: string | undefined): string[] {
  return text ? [...new Set(text.split(/\s+/).filter(Boolean))] : [];
}

/** Whether one of the allowed patterns admits the wanted scope. No pattern admits control characters (RFC 6749 §3.3). */
export function scopeAllowed(strategy: ScopeStrategy, allowed: readonly string[], wanted: string): boolean {
  if (/[\u0000-\u001f\u007f]/.test(wanted)) return false;
  if (strategy === 'exact') return allowed.includes(wanted);
  return allowed.some((pattern) => wildcardMatches(pattern, wanted));
}

/** The first wanted scope that no pattern admits, if any. */
export function firstRefusedScope(
  strategy: ScopeStrategy,
  allowed: readonly string[],
  wanted: readonly string[],
): string | undefined {
  return wanted.find((scope) => !scopeAllowed(strategy, allowed, scope));
}

/**
 * Segments are separated by dots. `*` stands for one non-empty segment; as the last segment it stands for one or more.
 * A pattern without `*` is the plain word.
 */
function wildcardMatches(pattern: string, wanted: string): boolean {
  if (pattern === wanted) return wanted !== '';
  const have = pattern.split('.');
  const want = wanted.split('.');
  if (have.length > want.length) return false;
  if (have.length < want.length && have.at(-1) !== '*') return false;
  return want.every((segment, i) => {
    const part = have[i] ?? '*';
    return part === '*' ? segment !== '' : part === segment;
  });
}
