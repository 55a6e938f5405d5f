const UNSTORABLE = /\u0000|\p{Surrogate}/u;

/** Text that PostgreSQL can store: without NUL characters and lone surrogates. */
export function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text);
}
