const UNSTORABLE = /\u0000|\p{Surrogate}/u;
const EACH_UNSTORABLE = new RegExp(UNSTORABLE, 'gu');

/** Text that PostgreSQL can store: without NUL characters and lone surrogates. */
export function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** The text without those characters. */
export function storableText(text: string): string {
  return text.replace(EACH_UNSTORABLE, '');
}
