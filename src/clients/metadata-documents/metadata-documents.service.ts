/**
 * The one place that knows where the metadata of a client comes from: a registered client is read as ever, and a client id
 * that is the address of a document is answered with a client made of it. Whoever gets the client need not know.
 *
 * Only endpoints that begin something ask here. All others read the row, so that an outage of the client's server ends
 * nobody's session. A fetch holds no connection of the database.
 */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConfigHolder } from '../../config/config-holder.js';
import { Invalidation } from '../../invalidation/invalidation.js';
import { invalidClient, type OAuthError } from '../../protocol/oauth-error.js';
import { ClientsService } from '../clients.service.js';
import type { RegisteredClient } from '../registered-client.js';
import { isDocumentAddress, isHostAllowed } from './document-address.js';
import { DocumentFetches, type FetchedDocument } from './document-fetches.js';
import { DocumentPace, type Visit } from './document-pace.js';
import { DocumentRefused } from './document-refused.js';
import { DocumentRows } from './document-rows.js';
import { documentOf, introducedClient } from './introduced-client.js';
import { IntroducedClients } from './introduced-clients.js';

/** After a failure the address is left alone for so long. */
const PAUSE_MS = 10_000;
const MAX_PAUSES = 1_000;

@Injectable()
export class MetadataDocuments {
  private readonly introduced = new IntroducedClients();
  private readonly running = new Map<string, Promise<RegisteredClient | undefined>>();
  private readonly failures = new LRUCache<string, OAuthError>({ max: MAX_PAUSES, ttl: PAUSE_MS });

  constructor(
    private readonly clients: ClientsService,
    private readonly fetches: DocumentFetches,
    private readonly rows: DocumentRows,
    private readonly pace: DocumentPace,
    private readonly config: ConfigHolder,
    invalidation: Invalidation,
  ) {
    invalidation.subscribe('client', (clientId) => {
      this.introduced.forget(clientId);
    });
  }

  /**
   * The client that a request names; undefined if there is none. A registered one wins over a document.
   * @throws OAuthError invalid_client for a document that cannot be used, 429 beyond the pace of new ones
   */
  async client(clientId: string, visit: Visit): Promise<RegisteredClient | undefined> {
    const { arrivedAt: now } = visit;
    const recent = this.clients.remembered(clientId) ?? this.introduced.recent(clientId, now);
    const known = recent ?? (await this.clients.find(clientId));
    if (known && !known.isByDocument) return known;
    if (!this.isWanted(clientId)) return undefined;
    const usable = known ?? this.introduced.confirmed(clientId, now);
    return usable?.isFreshAt(now) ? usable : this.anew(clientId, visit);
  }

  /** The same for a client id that has no row. @throws OAuthError as above */
  async introduction(clientId: string, visit: Visit): Promise<RegisteredClient | undefined> {
    if (!this.isWanted(clientId)) return undefined;
    return this.introduced.confirmed(clientId, visit.arrivedAt) ?? this.anew(clientId, visit);
  }

  private isWanted(clientId: string): boolean {
    const { metadata_documents: documents } = this.config.current.clients;
    return documents.enabled && isDocumentAddress(clientId) && isHostAllowed(clientId, documents);
  }

  /** Requests that come at the same time share one fetch. */
  private async anew(clientId: string, visit: Visit): Promise<RegisteredClient | undefined> {
    const shared = this.running.get(clientId);
    if (shared) return shared;
    const row = await this.clients.find(clientId); // another process may have fetched it
    if (row && (!row.isByDocument || row.isFreshAt(visit.arrivedAt))) return row;
    const failure = this.failures.get(clientId);
    if (failure) throw failure;
    if (!row) await this.pace.admit(visit);
    return this.running.get(clientId) ?? this.start(clientId, row);
  }

  private start(clientId: string, row: RegisteredClient | undefined): Promise<RegisteredClient | undefined> {
    const work = this.fetched(clientId, row).finally(() => this.running.delete(clientId));
    this.running.set(clientId, work);
    return work;
  }

  private async fetched(clientId: string, row: RegisteredClient | undefined): Promise<RegisteredClient | undefined> {
    const document = await this.fetch(clientId);
    const renewed = row && (await this.rows.renewed(row, document));
    if (renewed) return renewed;
    const client = introducedClient(clientId, documentOf(document));
    this.introduced.keep(client);
    return client;
  }

  private async fetch(clientId: string): Promise<FetchedDocument> {
    try {
      return await this.fetches.fetch(clientId);
    } catch (error) {
      if (!(error instanceof DocumentRefused)) throw error;
      const refusal = invalidClient(
        `The document at the address that is the client_id is refused. ${error.message}`,
        error,
      );
      this.failures.set(clientId, refusal);
      throw refusal;
    }
  }
}
