/** The wire documents of clients as JSON text: what answers that show many clients, or one quickly, are put together of. */
import { stringifyJson } from '../protocol/json.js';
import { columnMembers, metadataMembers } from './client.mapper.js';
import { metadataFrom } from './client-row.js';
import type { DocumentRow } from './client.statements.js';

/** Stored and shown together: some four megabytes, several thousand clients of an ordinary size. */
const MAX_CHARACTERS = 4_000_000;

/**
 * Lists are read over and over, and most clients of a platform are registered alike. So the members that metadata makes
 * are kept by its stored text: they depend on nothing else, and never grow old.
 */
export class DocumentTexts {
  private readonly kept = new Map<string, string>();
  private characters = 0;

  constructor(private readonly maxCharacters = MAX_CHARACTERS) {}

  /** The document without secret and registration token, as `clientDocument` makes it. */
  of(row: DocumentRow): string {
    const { client_id: clientId, name, owner, created_at: createdAt, updated_at: updatedAt } = row;
    const columns = JSON.stringify(columnMembers({ clientId, name, owner, createdAt, updatedAt }));
    return `${this.kept.get(row.metadata) ?? this.made(row.metadata)},${columns.slice(1)}`;
  }

  /** An object without its closing brace. */
  private made(metadata: string): string {
    const members = stringifyJson(metadataMembers(metadataFrom(metadata))).slice(0, -1);
    this.keep(metadata, members);
    return members;
  }

  private keep(metadata: string, members: string): void {
    const length = metadata.length + members.length;
    if (length > this.maxCharacters) return;
    if (this.characters + length > this.maxCharacters) this.forgetAll();
    this.kept.set(metadata, members);
    this.characters += length;
  }

  private forgetAll(): void {
    this.kept.clear();
    this.characters = 0;
  }
}
