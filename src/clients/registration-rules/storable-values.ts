import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { isClientId, isStorableText, MAX_CLIENT_ID_CHARACTERS } from '../storable.js';
import type { Registration } from './registration-rule.js';

/** Name and owner are indexed, and an index entry has a limit. */
const MAX_INDEXED_BYTES = 1_500;

/** What the table can hold. NUL characters inside the document are refused where it is read. */
export function checkStorableValues({ clientId, name, owner }: Registration): void {
  if (!isClientId(clientId)) {
    throw invalidClientMetadata(
      `'client_id' must have 1 to ${MAX_CLIENT_ID_CHARACTERS} characters, none of them the NUL character.`,
    );
  }
  for (const [field, text] of [
    ['client_name', name],
    ['owner', owner],
  ] as const) {
    if (Buffer.byteLength(text) > MAX_INDEXED_BYTES || !isStorableText(text)) {
      throw invalidClientMetadata(`'${field}' must have at most ${MAX_INDEXED_BYTES} bytes, none of them NUL.`);
    }
  }
}
