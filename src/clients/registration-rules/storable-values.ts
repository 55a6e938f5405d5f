import { isStorableText } from '../../database/storable-text.js';
import { stringifyJson } from '../../protocol/json.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { isClientId, MAX_CLIENT_ID_CHARACTERS } from '../client-id.js';
import type { Registration } from './registration-rule.js';

/** Name and owner are indexed, and an index entry has a limit. */
export const MAX_INDEXED_BYTES = 1_500;
/** The limit for a whole document of a stranger: clients are cached in memory. */
const MAX_STRANGER_CHARACTERS = 65_536;

/** Checks that the table can hold the values. NUL characters inside the document are refused when it is read. */
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
