/** User codes as people type them (RFC 8628 §6.1): also in lower case, with dashes, or with blanks. */

/** No code is as long as this, even with a blank or a dash beside each of its characters. */
const LONGEST_TYPED = 256;

/** The form in which codes are compared: in upper case, without blanks and dashes. Empty if the text is too long. */
export function canonicalUserCode(typed: string): string {
  if (typed.length > LONGEST_TYPED) return '';
  return typed.replace(/[\s\p{Pd}]/gu, '').toUpperCase();
}

/** The characters of codes in that form, without duplicates. */
export function userCodeCharacters(configured: string): string {
  return [...new Set(Array.from(configured, canonicalUserCode))].join('');
}
