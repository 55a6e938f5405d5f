/** Scopes (RFC 6749 §3.3): lists of words, and the two strategies by which an allowed list admits a requested word. */
import { invalidScope } from './oauth-error.js';
import { WildcardPatterns } from './wildcard-patterns.js';

export type ScopeStrategy = 'wildcard' | 'exact';

/** No honest request asks for as many. Registered lists are limited only by the size of the request body. */
export const MAX_REQUESTED_SCOPES = 1_000;

/** Splits a space-separated list into its words, without duplicates, in order. */
export function splitWords(text: string | undefined): string[] {
  return text ? [...new Set(text.split(/\s+/).filter(Boolean))] : [];
}

/** The requested scope. @throws OAuthError invalid_scope: too many words */
export function requestedScope(text: string | undefined): string[] {
  const words = splitWords(text);
  refuseManyScopes(words);
  return words;
}

/** @throws OAuthError invalid_scope */
export function refuseManyScopes(wanted: readonly string[]): void {
  if (wanted.length > MAX_REQUESTED_SCOPES) throw invalidScope(`Ask for at most ${MAX_REQUESTED_SCOPES} scopes.`);
}

/** A list of scopes that admits requested ones. It is built once; each check is a look-up, however long the list is. */
export class AllowedScopes {
  private readonly words: ReadonlySet<string>;
  private wildcards?: WildcardPatterns;

  constructor(private readonly allowed: readonly string[]) {
    this.words = new Set(allowed);
  }

  /** Whether one of the patterns admits the scope. None admits control characters (RFC 6749 §3.3). */
  admits(strategy: ScopeStrategy, wanted: string): boolean {
    if (/[\u0000-\u001f\u007f]/.test(wanted)) return false;
    if (strategy === 'exact') return this.words.has(wanted);
    if (wanted === '') return false;
    if (this.words.has(wanted)) return true;
    this.wildcards ??= new WildcardPatterns(this.allowed);
    return this.wildcards.match(wanted);
  }
}

/** The first requested scope that no pattern admits, if any. */
export function firstRefusedScope(
  strategy: ScopeStrategy,
  allowed: readonly string[] | AllowedScopes,
  wanted: readonly string[],
): string | undefined {
  if (wanted.length === 0) return undefined;
  const scopes = allowed instanceof AllowedScopes ? allowed : new AllowedScopes(allowed);
  return wanted.find((scope) => !scopes.admits(strategy, scope));
}
