import { badRequest } from '../protocol/oauth-error.js';

const MAX_LENGTH = 255;
/** Of UTF-8: names are parts of index entries, whose size PostgreSQL limits. */
const MAX_BYTES = 800;

/** Whether a text can be the name of a set or a key: the database could not even look for another. */
export function isKeyName(text: string): boolean {
  return text.length <= MAX_LENGTH && Buffer.byteLength(text) <= MAX_BYTES && !text.includes('\u0000');
}

/** @throws OAuthError 400 where the text cannot be a name; `what` says whose. */
export function requireKeyName(what: string, text: string): void {
  if (!isKeyName(text)) {
    throw badRequest(`${what} may have at most ${MAX_LENGTH} characters (${MAX_BYTES} bytes), and no NUL among them.`);
  }
}
