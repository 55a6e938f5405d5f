/** Input that no parameter may hold: bytes that are not UTF-8, and NUL characters, which no database column accepts. */

/** The reason why a percent-encoded text is refused, worded for the client; undefined where it is accepted. */
export function faultOfEncoded(text: string): string | undefined {
  if (text.includes('\u0000')) return 'It must not contain NUL characters.';
  if (!text.includes('%')) return undefined;
  try {
    return decodeURIComponent(text).includes('\u0000') ? 'It must not contain NUL characters.' : undefined;
  } catch {
    return 'It must be percent-encoded UTF-8: write a percent sign itself as %25.';
  }
}
