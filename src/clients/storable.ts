/** What PostgreSQL can hold as text, and what the table takes. */

const UNSTORABLE = /\u0000|\p{Surrogate}/u;

export const MAX_CLIENT_ID_CHARACTERS = 255;

/** Without NUL characters and half surrogate pairs. */
export function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** Whether a client can have this id at all. */
export function isClientId(text: string): boolean {
  return text !== '' && Array.from(text).length <= MAX_CLIENT_ID_CHARACTERS && isStorableText(text);
}
