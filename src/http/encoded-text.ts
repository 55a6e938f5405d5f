/** What no parameter may hold: bytes that are no UTF-8, and NUL characters, which no database column takes. */

/** Why a percent-encoded text cannot be used, in words for the client; undefined where it can. */
export function faultOfEncoded(text: string): string | undefined {
  if (text.includes('\u0000')) return 'It must not contain NUL characters.';
  if (!text.includes('%')) return undefined;
  try {
    return decodeURIComponent(text).includes('\u0000') ? 'It must not contain NUL characters.' : undefined;
  } catch {
    return 'It must be percent-encoded UTF-8: write a percent sign itself as %25.';
  }
}
