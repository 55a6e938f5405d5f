/** Reads registered clients for the rest of the program. */
import { Injectable } from '@nestjs/common';
import { Invalidation } from '../invalidation/invalidation.js';
import type { AuthorizationRequest } from '../protocol/authorization-request.js';
import { type CacheCounts, ClientCache } from './client-cache.js';
import { ClientStore } from './client-store.js';
import { introducedBy } from './metadata-documents/introduced-client.js';
import { RegisteredClient } from './registered-client.js';

@Injectable()
export class ClientsService {
  private readonly cache = new ClientCache();

  constructor(
    private readonly store: ClientStore,
    private readonly invalidation: Invalidation,
  ) {
    invalidation.subscribe('client', (clientId) => {
      if (clientId === undefined) this.cache.forgetAll();
      else this.cache.forget(clientId);
    });
  }

  /** Reads from the database and refreshes the cache; undefined where no client has the id. */
  async find(clientId: string): Promise<RegisteredClient | undefined> {
    const ticket = this.cache.beginRead();
    const entity = await this.store.find(clientId);
    const client = entity && new RegisteredClient(entity);
    this.cache.endRead(ticket, client?.clientId ?? clientId, client); // not the string from the request, which may keep a longer text in memory
    return client;
  }

  /** The client from the cache where it was read in the last seconds, else from the database. */
  async cached(clientId: string): Promise<RegisteredClient | undefined> {
    return this.remembered(clientId) ?? this.find(clientId);
  }

  /** The client of a request on its way, which may not have a row yet. */
  async ofRequest(
    request: Pick<AuthorizationRequest, 'clientId' | 'clientDocument'>,
  ): Promise<RegisteredClient | undefined> {
    return (await this.cached(request.clientId)) ?? introducedBy(request);
  }

  /** The client where it was read in the last seconds: costs no round trip and may be stale by that time. */
  remembered(clientId: string): RegisteredClient | undefined {
    return this.cache.get(clientId);
  }

  get cacheCounts(): CacheCounts {
    return this.cache.counts;
  }

  /** Drops a cached client that is known to be stale: the next call reads it again. */
  forget(clientId: string): void {
    this.cache.forget(clientId);
  }

  /** To be called when the client was changed or deleted: every process drops it from its cache, this one at once. */
  announceChange(clientId: string): void {
    this.invalidation.publish('client', clientId);
  }

  /** Ends all access tokens of the client. False for an unknown client. */
  async endAccessTokens(clientId: string, now: Date): Promise<boolean> {
    const ended = await this.store.endAccessTokens(clientId, now);
    this.announceChange(clientId);
    return ended;
  }
}
