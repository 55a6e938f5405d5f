import { badRequest } from '../protocol/admin-error.js';

const MAX_LENGTH = 255;
/** The limit in bytes of UTF-8, because names are part of index entries, whose size PostgreSQL limits. */
const MAX_BYTES = 800;

/** Whether a text can be the name of a set or a key. The database cannot look up other texts. */
export function isKeyName(text: string): boolean {
  return text.length <= MAX_LENGTH && Buffer.byteLength(text) <= MAX_BYTES && !text.includes('\u0000');
}

/** @throws OAuthError 400 if the text cannot be a name; `what` names its place in the request. */
export function requireKeyName(what: string, text: string): void {
  if (!isKeyName(text)) {
    throw badRequest(`${what} may have at most ${MAX_LENGTH} characters (${MAX_BYTES} bytes), and no NUL among them.`);
  }
}
