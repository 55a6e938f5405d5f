import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Writes what must follow from a change, in its transaction. */
type Consequence = (clientKey: string, transaction: EntityManager) => Promise<unknown>;

/**
 * Changes of what a consent was given to: redirect URIs, keys, authentication method or name of a client. Rooms after this
 * one say what follows for their own rows.
 */
@Injectable()
export class IdentityChanges {
  private readonly consequences: Consequence[] = [];

  follow(consequence: Consequence): void {
    this.consequences.push(consequence);
  }

  async tell(clientKey: string, transaction: EntityManager): Promise<void> {
    for (const consequence of this.consequences) await consequence(clientKey, transaction);
  }
}
