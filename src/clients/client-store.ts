/** Reads and writes rows of the table `client`. Only the services of this module use it. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { decided, repeated } from '../database/decided.js';
import { sqlState } from '../database/sql-state.js';
import { type Statement, Statements } from '../database/statements.js';
import { isStorableText } from '../database/storable-text.js';
import { invalidClientMetadata } from '../protocol/oauth-error.js';
import { isClientId } from './client-id.js';
import { entityOf, metadataText } from './client-row.js';
import { ClientEntity } from './client.entity.js';
import {
  type ClientFilter,
  type ClientRow,
  type DocumentRow,
  END_ACCESS_TOKENS,
  FIND_CLIENT,
  FIND_DOCUMENT,
  INSERT_CLIENT,
  listClients,
  READ_INSERTED,
  READ_UPDATED,
  UPDATE_CLIENT,
} from './client.statements.js';

/** The values of a new client, apart from the columns that the table fills itself. */
export type NewClient = Pick<
  ClientEntity,
  'clientId' | 'name' | 'owner' | 'secretHash' | 'registrationTokenDigest' | 'metadata' | 'createdAt'
>;

type Sent = [statement: Statement, values: unknown[]];

@Injectable()
export class ClientStore {
  constructor(
    @InjectRepository(ClientEntity) private readonly clients: Repository<ClientEntity>,
    private readonly statements: Statements,
  ) {}

  async find(clientId: string): Promise<ClientEntity | undefined> {
    if (!isClientId(clientId)) return undefined;
    return this.one(FIND_CLIENT, [clientId]);
  }

  /** The columns of the client's document. */
  async findDocument(clientId: string): Promise<DocumentRow | undefined> {
    if (!isClientId(clientId)) return undefined;
    const [row] = await this.statements.run<DocumentRow>(FIND_DOCUMENT, [clientId]);
    return row;
  }

  /** Undefined where the id is taken. */
  insert(client: NewClient): Promise<ClientEntity | undefined> {
    const { clientId, name, owner, secretHash, registrationTokenDigest: digest, createdAt } = client;
    const values = [clientId, name, owner, secretHash, digest, metadataText(client.metadata), createdAt];
    return this.written([INSERT_CLIENT, values], [READ_INSERTED, [clientId, secretHash, digest, createdAt]]);
  }

  /** Writes all but id and creation time, if key and version are still those of the row; else returns undefined. */
  update(client: ClientEntity, now: Date): Promise<ClientEntity | undefined> {
    const { key, version, name, owner, secretHash, rotatedSecretHashes, registrationTokenDigest: digest } = client;
    const changed = [name, owner, secretHash, rotatedSecretHashes, digest, metadataText(client.metadata), now];
    const values = [key, version, ...changed];
    return this.written([UPDATE_CLIENT, values], [READ_UPDATED, values]);
  }

  /** True where the client existed. */
  async delete(key: string): Promise<boolean> {
    return decided({
      send: async () => (await this.clients.delete({ key })).affected === 1,
      isDone: (done) => done,
      readBack: () => Promise.resolve(true), // the client existed, and is deleted
    });
  }

  async endAccessTokens(clientId: string, now: Date): Promise<boolean> {
    if (!isClientId(clientId)) return false;
    return (await repeated(() => this.statements.run(END_ACCESS_TOKENS, [clientId, now]))).length > 0;
  }

  /** The document columns of at most `limit` clients with ids after this one, in the order of the ids. */
  async listDocuments(filter: ClientFilter, after: string, limit: number): Promise<DocumentRow[]> {
    const wanted = [filter.owner, filter.name].filter((value) => value !== undefined);
    if (![after, ...wanted].every(isStorableText)) return [];
    return this.statements.run<DocumentRow>(listClients(filter), [after, limit, ...wanted]);
  }

  /** The client that the first statement writes; if its answer is lost, the second tells whether it was written. */
  private written(write: Sent, readBack: Sent): Promise<ClientEntity | undefined> {
    return decided<ClientEntity | undefined>({
      send: () => this.one(...write),
      isDone: (client) => client !== undefined,
      readBack: () => this.one(...readBack),
    });
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

/** Data exceptions (22) and limits (54) of PostgreSQL: numbers too large, nested too deep, too long for an index. */
function asRefusal(error: unknown): Error | undefined {
  const family = sqlState(error)?.slice(0, 2);
  if (family !== '22' && family !== '54') return undefined;
  return invalidClientMetadata('A value is larger than the database can hold: shorten long texts and numbers.', error);
}
