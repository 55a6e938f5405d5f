/** UUIDs of this server for ids of Hydra, which are hex digits with or without dashes. */
import { sha256 } from '../../../crypto/digest.js';
import { uuidText } from '../../../crypto/random.js';

const HEX = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The same digits where they are those of a UUID; of another text the first digits of its SHA-256. */
export function uuidOf(id: string): string {
  return uuidText(HEX.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : sha256(id));
}
