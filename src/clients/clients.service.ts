/** Registered clients, as the rest of the program reads them. */
import { Injectable } from '@nestjs/common';
import { Invalidation } from '../invalidation/invalidation.js';
import { type CacheCounts, ClientCache } from './client-cache.js';
import { ClientStore } from './client-store.js';
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

  /** Reads afresh and refreshes the cache; undefined where no client has the id. */
  async find(clientId: string): Promise<RegisteredClient | undefined> {
    const ticket = this.cache.beginRead();
    const entity = await this.store.find(clientId);
    const client = entity && new RegisteredClient(entity);
    this.cache.endRead(ticket, client?.clientId ?? clientId, client); // not the text of a request, which may be part of a longer one
    return client;
  }

  /** The same, from the cache when it was read in the last seconds. */
  async cached(clientId: string): Promise<RegisteredClient | undefined> {
    return this.remembered(clientId) ?? this.find(clientId);
  }

  /** The client if it was read in the last seconds: costs no round trip and may be that much behind. */
  remembered(clientId: string): RegisteredClient | undefined {
    return this.cache.get(clientId);
  }

  get cacheCounts(): CacheCounts {
    return this.cache.counts;
  }

  /** What is cached of the client is known to be old here: the next one who asks reads. */
  forget(clientId: string): void {
    this.cache.forget(clientId);
  }

  /** The client was changed or deleted: every process forgets it, this one at once. */
  announceChange(clientId: string): void {
    this.invalidation.publish('client', clientId);
  }

  /** Ends the access tokens that the client has now. An unknown client has none. */
  async endAccessTokens(clientId: string, now: Date): Promise<boolean> {
    const ended = await this.store.endAccessTokens(clientId, now);
    this.announceChange(clientId);
    return ended;
  }
}
