import { stringifyJson } from '../../protocol/json.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { isClientId, isStorableText, MAX_CLIENT_ID_CHARACTERS } from '../storable.js';
import type { Registration } from './registration-rule.js';

/** Name and owner are indexed, and an index entry has a limit. */
const MAX_INDEXED_BYTES = 1_500;
/** Of the whole document, where a stranger wrote it: clients are kept in memory. */
const MAX_STRANGER_CHARACTERS = 65_536;

/** What the table can hold. NUL characters inside the document are refused where it is read. */
export function checkStorableValues({ clientId, name, owner, metadata }: Registration): void {
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
  if (metadata.dynamically_registered && stringifyJson(metadata).length > MAX_STRANGER_CHARACTERS) {
    throw invalidClientMetadata(`The document must have at most ${MAX_STRANGER_CHARACTERS} characters.`);
  }
}
