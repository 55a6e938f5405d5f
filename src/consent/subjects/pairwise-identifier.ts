/** OpenID Connect Core §8.1: a subject identifier that clients of different sectors cannot compare. */
import { pairwiseSector, type SectorMembers } from '../../clients/pairwise-sector.js';
import { sha256 } from '../../crypto/digest.js';
import { invalidRequest } from '../../protocol/oauth-error.js';

/**
 * SHA-256 over sector, subject and salt, in hexadecimal, as in Hydra: identifiers stay the same after a migration from
 * Hydra. A client with several hosts may come from Hydra, or be older than the rule that refuses such clients.
 */
export function pairwiseIdentifier(
  { clientId, metadata }: { clientId: string; metadata: SectorMembers },
  subject: string,
  salt: string,
): string {
  const sector = pairwiseSector(clientId, metadata);
  if (sector !== undefined) return sha256(sector + subject + salt).toString('hex');
  throw invalidRequest(
    'A pairwise client with redirect URIs on several hosts needs a sector_identifier_uri: register one.',
  );
}
