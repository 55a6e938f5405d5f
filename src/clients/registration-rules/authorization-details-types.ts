import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

const MAX_TYPES = 64;
/** As in `oauth2.authorization_details.types`. */
const MAX_CHARACTERS = 255;

/** RFC 9396 §10. A type need not be configured yet, so that clients can be prepared. */
export function checkAuthorizationDetailsTypes({
  metadata: { authorization_details_types: types = [] },
}: Registration) {
  if (types.length > MAX_TYPES) {
    throw invalidClientMetadata(`'authorization_details_types' may hold ${MAX_TYPES} types.`);
  }
  if (new Set(types).size !== types.length) {
    throw invalidClientMetadata("'authorization_details_types' must hold each type once.");
  }
  if (types.every((type) => type !== '' && type.length <= MAX_CHARACTERS)) return;
  throw invalidClientMetadata(`Each of 'authorization_details_types' must have 1 to ${MAX_CHARACTERS} characters.`);
}
