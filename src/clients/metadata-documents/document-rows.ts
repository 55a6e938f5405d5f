/** Brings the row of a client up to date with its document. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { transaction } from '../../database/transaction.js';
import { Statements } from '../../database/statements.js';
import { Events } from '../../events/events.js';
import { ClientEntity } from '../client.entity.js';
import { entityOf, metadataText } from '../client-row.js';
import type { ClientRow } from '../client.statements.js';
import { ClientsService } from '../clients.service.js';
import { RegisteredClient } from '../registered-client.js';
import type { FetchedDocument } from './document-fetches.js';
import { isSameClient, isSameIdentity, withDocument } from './document-members.js';
import { LOCK_CLIENT, RENEW_DOCUMENT, REPLACE_DOCUMENT } from './document.statements.js';
import { IdentityChanges } from './identity-changes.js';

/** An administrator may change other members of the client meanwhile. */
const ATTEMPTS = 5;

type Named = Pick<ClientEntity, 'name' | 'metadata'>;

@Injectable()
export class DocumentRows {
  constructor(
    private readonly clients: ClientsService,
    private readonly statements: Statements,
    private readonly dataSource: DataSource,
    private readonly identity: IdentityChanges,
    private readonly events: Events,
  ) {}

  /**
   * The client with the document. If another process fetched it meanwhile, what that one wrote counts.
   * @param found as it was before the fetch
   * @returns undefined where the client was deleted meanwhile
   */
  async renewed(found: RegisteredClient, document: FetchedDocument): Promise<RegisteredClient | undefined> {
    let row: RegisteredClient | undefined = found;
    for (let attempt = 0; row && attempt < ATTEMPTS; attempt++) {
      const written = await this.written(row.entity, document);
      if (written) return new RegisteredClient(written);
      row = await this.clients.find(found.clientId);
      if (row && !isAsFetched(row, found)) return row;
    }
    return row;
  }

  private async written(before: ClientEntity, document: FetchedDocument): Promise<ClientEntity | undefined> {
    const next = withDocument(before, document);
    const { fetchedAt: documentFetchedAt, freshUntil: documentFreshUntil } = document;
    if (!isSameClient(before, next)) return this.replaced(before, next, document);
    const values = [before.key, before.version, documentFetchedAt, documentFreshUntil];
    const renewed = await this.statements.run(RENEW_DOCUMENT, values);
    this.clients.forget(before.clientId);
    return renewed.length > 0
      ? Object.assign(new ClientEntity(), before, { documentFetchedAt, documentFreshUntil })
      : undefined;
  }

  private async replaced(
    before: ClientEntity,
    next: Named,
    { fetchedAt, freshUntil }: FetchedDocument,
  ): Promise<ClientEntity | undefined> {
    const { key, version, clientId } = before;
    const values = [key, version, next.name, metadataText(next.metadata), fetchedAt, freshUntil, fetchedAt];
    try {
      const changed = await transaction(this.dataSource, async (manager) => {
        await manager.query(LOCK_CLIENT, [key]);
        const [row] = await manager.query<ClientRow[]>(REPLACE_DOCUMENT, values);
        if (row && !isSameIdentity(before, next)) await this.identity.tell(key, manager);
        return row && entityOf(row);
      });
      if (changed) this.events.publish({ type: 'client.document_changed', at: fetchedAt, clientId });
      return changed;
    } finally {
      this.clients.announceChange(clientId); // also after an error: the connection may have broken after the commit
    }
  }
}

function isAsFetched({ key, entity }: RegisteredClient, before: RegisteredClient): boolean {
  return key === before.key && entity.documentFetchedAt?.getTime() === before.entity.documentFetchedAt?.getTime();
}
