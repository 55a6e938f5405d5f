/** What an exchanged token comes from (RFC 8693): kept with it, so that it ends with any of them. */
import type { SourceTokenRow } from './access-token.statements.js';

export interface TokenSources {
  /** Ids of the tokens, chains and delegations that can be revoked without their grant, the nearest first. */
  lineage: string[];
  /** The keys of the clients of the tokens, the nearest first. */
  clients: string[];
  /** The versions of these clients; null: an end of their access tokens does not matter, as they come by a refresh token. */
  versions: (number | null)[];
}

/** Of a token that comes from nothing that this server could revoke. */
export const NO_SOURCES: TokenSources = { lineage: [], clients: [], versions: [] };

/** Those of a token that is exchanged from the one in this row. */
export function sourcesOf(row: SourceTokenRow): TokenSources {
  const { lineage, chain_id: chainId, client_version: version } = row;
  const itself = chainId ?? (lineage ? undefined : row.id); // the lineage of an exchanged token begins with its own id
  const earlier = row.source_clients ?? [];
  return {
    lineage: [...(itself === undefined ? [] : [itself]), ...(lineage ?? [])],
    clients: [...(version === null ? [] : [row.client_key]), ...earlier],
    versions: [...(version === null ? [] : [version]), ...(row.source_versions ?? earlier.map(() => null))],
  };
}
