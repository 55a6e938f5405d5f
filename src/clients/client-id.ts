import { isStorableText } from '../database/storable-text.js';

export const MAX_CLIENT_ID_CHARACTERS = 255;

/** Whether a client can have this id at all. */
export function isClientId(text: string): boolean {
  return text !== '' && isShort(text) && isStorableText(text);
}

/** A character has at most two code units: a longer text is refused before its characters are counted. */
function isShort(text: string): boolean {
  return text.length <= 2 * MAX_CLIENT_ID_CHARACTERS && Array.from(text).length <= MAX_CLIENT_ID_CHARACTERS;
}
