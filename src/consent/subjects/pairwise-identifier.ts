/** OpenID Connect Core §8.1: a subject identifier that clients of different sectors cannot compare. */
import type { ClientMetadata } from '../../clients/client-metadata.js';
import { sha256 } from '../../crypto/digest.js';
import { invalidRequest } from '../../protocol/oauth-error.js';

/**
 * SHA-256 over sector, subject and salt, in hexadecimal: the reference's own, so that people stay who they are when an
 * operator moves here.
 */
export function pairwiseIdentifier(metadata: ClientMetadata, subject: string, salt: string): string {
  return sha256(sectorOf(metadata) + subject + salt).toString('hex');
}

/** The whole `sector_identifier_uri`, else host and port of the only redirect URI as they are written. */
function sectorOf({ sector_identifier_uri: sector, redirect_uris: uris }: ClientMetadata): string {
  if (sector) return sector;
  const [uri] = uris;
  if (uri === undefined || uris.length > 1) {
    throw invalidRequest(
      'A pairwise client without exactly one redirect URI needs a sector_identifier_uri: register one.',
    );
  }
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1] ?? '';
  return authority.slice(authority.lastIndexOf('@') + 1);
}
