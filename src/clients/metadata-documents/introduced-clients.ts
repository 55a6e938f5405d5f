/** Clients that have no row yet, by their documents: bounded in bytes, as strangers choose how many there are. */
import { LRUCache } from 'lru-cache';
import { sizeOf } from '../../protocol/json-size.js';
import { withoutDefaults } from '../../protocol/json.js';
import { EMPTY_METADATA } from '../client-metadata.js';
import type { RegisteredClient } from '../registered-client.js';

/** More than a thousand of the largest documents of the standard configuration. */
const MAX_BYTES = 16 * 2 ** 20;
/** What a client takes beside its document. */
const BARE_CLIENT = 1_024;
/** As long as a registered client is cached: after that the table is asked whether there is one. */
const CONFIRMED_MS = 5_000;

interface Entry {
  client: RegisteredClient;
  /** By a monotonic clock: when the table had no such client. */
  confirmedAt: number;
}

export class IntroducedClients {
  private readonly entries: LRUCache<string, Entry>;

  constructor(
    /** A monotonic clock in milliseconds. */
    private readonly clock: () => number = () => performance.now(),
    maxBytes = MAX_BYTES,
  ) {
    this.entries = new LRUCache<string, Entry>({
      maxSize: maxBytes,
      sizeCalculation: ({ client: { clientId, name, metadata } }) =>
        BARE_CLIENT + sizeOf([clientId, name, withoutDefaults(metadata, EMPTY_METADATA)]),
    });
  }

  /** The client, if its document is still fresh. The caller knows that the table has none of this id. */
  confirmed(clientId: string, now: Date): RegisteredClient | undefined {
    const client = this.fresh(clientId, now);
    if (client) this.keep(client);
    return client;
  }

  /** The same, where the table was asked in the last seconds. */
  recent(clientId: string, now: Date): RegisteredClient | undefined {
    const entry = this.entries.get(clientId);
    return entry && this.clock() - entry.confirmedAt < CONFIRMED_MS ? this.fresh(clientId, now) : undefined;
  }

  /** To be called when the table has no client of this id. */
  keep(client: RegisteredClient): void {
    this.entries.set(client.clientId, { client, confirmedAt: this.clock() });
  }

  /** A client may have this id now. Undefined: any may. */
  forget(clientId: string | undefined): void {
    if (clientId === undefined) this.entries.clear();
    else this.entries.delete(clientId);
  }

  private fresh(clientId: string, now: Date): RegisteredClient | undefined {
    const client = this.entries.get(clientId)?.client;
    return client?.isFreshAt(now) ? client : undefined;
  }
}
