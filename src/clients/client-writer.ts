/**
 * Writes clients with optimistic locking. A change is based on one version and written only over that version: of two
 * simultaneous changes in two processes the later one is computed again from the result of the earlier one, so that none is
 * lost. Within the process the changes of one client run one after another without holding a connection, because a change may
 * wait for an outbound request or a hash. After every write the cache drops the client.
 */
import { Injectable } from '@nestjs/common';
import { conflict, notFound } from '../protocol/admin-error.js';
import { ClientEntity } from './client.entity.js';
import { ClientStore, type NewClient } from './client-store.js';
import { ClientsService } from './clients.service.js';
import { RegisteredClient } from './registered-client.js';
import { KeyedMutex } from './keyed-mutex.js';

/** The columns that a write changes; the others stay. */
export type ClientChanges = Partial<
  Pick<ClientEntity, 'name' | 'owner' | 'secretHash' | 'rotatedSecretHashes' | 'registrationTokenDigest' | 'metadata'>
>;

type NextChange = (current: ClientEntity) => ClientChanges | Promise<ClientChanges>;

/** So many concurrent changes of the same client may precede one change. */
const MAX_ATTEMPTS = 100;

@Injectable()
export class ClientWriter {
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly store: ClientStore,
    private readonly clients: ClientsService,
  ) {}

  /** @throws OAuthError 409 where the id is taken */
  async insert(client: NewClient): Promise<RegisteredClient> {
    const inserted = await this.announcing(client.clientId, () => this.store.insert(client));
    if (!inserted) throw conflict('A client with this client_id exists: choose another one, or change that client.');
    return new RegisteredClient(inserted);
  }

  /**
   * Writes the changes that `next` derives from the current client. `next` may run several times.
   * @throws OAuthError 404 where no client has the id, and every error of `next`
   */
  change(clientId: string, now: Date, next: NextChange): Promise<RegisteredClient> {
    return this.mutex.runExclusive(clientId, () => this.changeInTurn(clientId, now, next));
  }

  private async changeInTurn(clientId: string, now: Date, next: NextChange): Promise<RegisteredClient> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const current = await this.existing(clientId);
      const changed = Object.assign(new ClientEntity(), current, await next(current));
      const written = await this.announcing(clientId, () => this.store.update(changed, now));
      if (written) return new RegisteredClient(written);
    }
    throw conflict('The client is being changed by many others at the same time: try again.');
  }

  /**
   * Deletes the client with everything that depends on it. `permit` gets the client before and may throw.
   * @throws OAuthError 404 where no client has the id
   */
  async delete(clientId: string, permit: (current: ClientEntity) => void = () => undefined): Promise<void> {
    const current = await this.existing(clientId);
    permit(current);
    if (!(await this.announcing(clientId, () => this.store.delete(current.key)))) throw unknownClient();
  }

  private async existing(clientId: string): Promise<ClientEntity> {
    const current = await this.store.find(clientId);
    if (!current) throw unknownClient();
    return current;
  }

  /** Also after an error: the connection may have broken after the commit. */
  private async announcing<T>(clientId: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } finally {
      this.clients.announceChange(clientId);
    }
  }
}

export function unknownClient(): Error {
  return notFound('No client has this id.');
}
