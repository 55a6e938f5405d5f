/** The documents of clients as JSON text, for answers that show many clients, or one client quickly. */
import { LRUCache } from 'lru-cache';
import { stringifyJson } from '../protocol/json.js';
import { sizeOfText } from '../protocol/json-size.js';
import { columnMembers, metadataMembers } from './client.mapper.js';
import { metadataFrom } from './client-row.js';
import type { DocumentRow } from './client.statements.js';

/** The limit of the cache: several thousand clients of ordinary size. Strangers choose the size of theirs. */
const MAX_BYTES = 8 * 2 ** 20;

/**
 * Lists are read often, and most clients of a platform are registered alike. So the members that come from the metadata are
 * cached by the stored text: they depend on nothing else and never become stale.
 */
export class DocumentTexts {
  private readonly kept: LRUCache<string, string>;

  constructor(maxBytes = MAX_BYTES) {
    this.kept = new LRUCache({
      maxSize: Math.max(maxBytes, 1), // 0 would mean unlimited
      sizeCalculation: (members, metadata) => sizeOfText(metadata) + sizeOfText(members),
    });
  }

  /** The document without secret and registration token, as `clientDocument` makes it. */
  of(row: DocumentRow): string {
    const { client_id: clientId, name, owner, created_at: createdAt, updated_at: updatedAt } = row;
    const documentFetchedAt = row.document_fetched_at;
    const columns = JSON.stringify(columnMembers({ clientId, name, owner, documentFetchedAt, createdAt, updatedAt }));
    return `${this.kept.get(row.metadata) ?? this.made(row.metadata)},${columns.slice(1)}`;
  }

  /** An object without its closing brace. */
  private made(metadata: string): string {
    const members = stringifyJson(metadataMembers(metadataFrom(metadata))).slice(0, -1);
    this.kept.set(metadata, members);
    return members;
  }
}
