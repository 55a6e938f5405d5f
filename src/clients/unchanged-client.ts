/**
 * Runs work during which no process can change the client: the last resort where the client changes again and again between
 * its reading and the statement that relies on it.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Statements } from '../database/statements.js';
import { transaction } from '../database/transaction.js';
import { temporarilyUnavailable } from '../protocol/oauth-error.js';
import { HOLD_CLIENT } from './client.statements.js';
import { ClientsService } from './clients.service.js';
import { KeyedMutex } from './keyed-mutex.js';

/** All calls share one queue: each holds a connection of the pool while its work needs another one. */
const QUEUE = '';
const MAX_WAITING = 100;
/** One connection locks the client, another one waits to change it, and the work needs the third. */
const CONNECTIONS = 3;

@Injectable()
export class UnchangedClient {
  private readonly mutex = new KeyedMutex();
  private waiting = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly statements: Statements,
    private readonly clients: ClientsService,
  ) {}

  /** Returns the result of the work, which finds the current client. @throws OAuthError temporarily_unavailable (503) */
  async during<T>(clientId: string, work: () => Promise<T>): Promise<T> {
    if (this.waiting >= MAX_WAITING) throw beingChanged();
    this.waiting++;
    try {
      return await this.mutex.runExclusive(QUEUE, () => this.hold(clientId, work));
    } finally {
      this.waiting--;
    }
  }

  private async hold<T>(clientId: string, work: () => Promise<T>): Promise<T> {
    if (this.statements.connections < CONNECTIONS) return work();
    const results: T[] = [];
    try {
      await transaction(this.dataSource, async (manager) => {
        await manager.query(HOLD_CLIENT, [clientId]);
        this.clients.forget(clientId);
        results.push(await work());
      });
    } catch (error) {
      if (!results.length) throw error; // after the work only the lock can fail: the work has used up its grant, so its result must be returned
    }
    return results[0] as T;
  }
}

export function beingChanged(): Error {
  return temporarilyUnavailable('The client is being changed at this moment: try again.');
}
