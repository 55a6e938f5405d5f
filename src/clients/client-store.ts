/** The table `client`: rows in and out, one statement each. Only the services of this room use it. */
import { Injectable } from '@nestjs/common';
import { sqlState } from '../database/sql-state.js';
import { type Statement, Statements } from '../database/statements.js';
import { invalidClientMetadata } from '../protocol/oauth-error.js';
import { entityOf, metadataText } from './client-row.js';
import type { ClientEntity } from './client.entity.js';
import {
  type ClientFilter,
  type ClientRow,
  DELETE_CLIENT,
  type DocumentRow,
  END_ACCESS_TOKENS,
  FIND_CLIENT,
  FIND_DOCUMENT,
  INSERT_CLIENT,
  listClients,
  UPDATE_CLIENT,
} from './client.statements.js';
import { isClientId, isStorableText } from './storable.js';

/** What makes a client beside the columns that the table fills itself. */
export type NewClient = Pick<
  ClientEntity,
  'clientId' | 'name' | 'owner' | 'secretHash' | 'registrationTokenDigest' | 'metadata' | 'createdAt'
>;

@Injectable()
export class ClientStore {
  constructor(private readonly statements: Statements) {}

  async find(clientId: string): Promise<ClientEntity | undefined> {
    if (!isClientId(clientId)) return undefined;
    return this.one(FIND_CLIENT, [clientId]);
  }

  /** The columns of its document. */
  async findDocument(clientId: string): Promise<DocumentRow | undefined> {
    if (!isClientId(clientId)) return undefined;
    const [row] = await this.statements.run<DocumentRow>(FIND_DOCUMENT, [clientId]);
    return row;
  }

  /** Undefined where the id is taken. */
  insert(client: NewClient): Promise<ClientEntity | undefined> {
    return this.one(INSERT_CLIENT, [
      client.clientId,
      client.name,
      client.owner,
      client.secretHash,
      client.registrationTokenDigest,
      metadataText(client.metadata),
      client.createdAt,
    ]);
  }

  /** Writes all but id and creation, if key and version are still those of the row. Undefined where they are not. */
  update(client: ClientEntity, now: Date): Promise<ClientEntity | undefined> {
    return this.one(UPDATE_CLIENT, [
      client.key,
      client.version,
      client.name,
      client.owner,
      client.secretHash,
      client.rotatedSecretHashes,
      client.registrationTokenDigest,
      metadataText(client.metadata),
      now,
    ]);
  }

  /** True where it was there. */
  async delete(key: string): Promise<boolean> {
    return (await this.statements.run(DELETE_CLIENT, [key])).length > 0;
  }

  async endAccessTokens(clientId: string, now: Date): Promise<boolean> {
    return isClientId(clientId) && (await this.statements.run(END_ACCESS_TOKENS, [clientId, now])).length > 0;
  }

  /** The same of at most `limit` clients with ids after this one, in the order of the ids. */
  async listDocuments(filter: ClientFilter, after: string, limit: number): Promise<DocumentRow[]> {
    const wanted = [filter.owner, filter.name].filter((value) => value !== undefined);
    if (![after, ...wanted].every(isStorableText)) return [];
    return this.statements.run<DocumentRow>(listClients(filter), [after, limit, ...wanted]);
  }

  private async one(statement: Statement, values: unknown[]): Promise<ClientEntity | undefined> {
    try {
      const [row] = await this.statements.run<ClientRow>(statement, values);
      return row && entityOf(row);
    } catch (error) {
      throw asRefusal(error) ?? error;
    }
  }
}

/** Data exceptions (22) and limits (54) of PostgreSQL: numbers without end, nesting, too long for an index. */
function asRefusal(error: unknown): Error | undefined {
  const family = sqlState(error)?.slice(0, 2);
  if (family !== '22' && family !== '54') return undefined;
  return invalidClientMetadata('A value is larger than the database can hold: shorten long texts and numbers.', error);
}
