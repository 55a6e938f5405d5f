/**
 * The sector of a client (OpenID Connect Core §8.1): clients of one sector see a person under one `sub`. A sector is proven
 * by the document at `sector_identifier_uri`, or by the http or https host to which every answer for the client goes.
 */
import type { ClientMetadata } from './client-metadata.js';

/** The members of a client that say to which sector it belongs. */
export type SectorMembers = Pick<ClientMetadata, 'redirect_uris' | 'sector_identifier_uri'>;

/**
 * The whole `sector_identifier_uri`, else host and port of the redirect URIs as they are written, or the host alone where
 * ports differ. A client with a custom-scheme redirect URI proves no host, because anybody may name one in such a URI. It has
 * a sector of its own, as has a client without redirect URIs. Undefined where there are several hosts and no sector
 * identifier.
 */
export function pairwiseSector(clientId: string, metadata: SectorMembers): string | undefined {
  if (metadata.sector_identifier_uri) return metadata.sector_identifier_uri;
  const authorities = metadata.redirect_uris.map(webAuthority);
  const [one, ...others] = new Set(authorities.filter((authority) => authority !== undefined));
  const hosts = new Set([one, ...others].map((authority) => authority?.replace(/:\d*$/, '').toLowerCase()));
  if (hosts.size > 1) return undefined;
  if (one === undefined || authorities.includes(undefined)) return ownSector(clientId);
  return others.length ? [...hosts][0] : one;
}

/** The sector of a client that shares its subjects with no other. */
export function ownSector(clientId: string): string {
  return `client://${encodeURIComponent(clientId)}/`;
}

/** Host and port as they are written; undefined for a custom scheme. */
function webAuthority(uri: string): string | undefined {
  const authority = /^https?:\/\/([^/?#]+)/i.exec(uri)?.[1];
  return authority?.slice(authority.lastIndexOf('@') + 1);
}
