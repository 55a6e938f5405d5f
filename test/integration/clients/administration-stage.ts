import { afterAll, beforeAll, expect } from 'vitest';
import { DataSource } from 'typeorm';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, basic, type Json, type RunningServer, startServer } from './server.js';

/** A server for the suite, with the requests of a client administrator. */
export class AdministrationStage {
  private database: TestDatabase;
  server: RunningServer;

  constructor() {
    beforeAll(async () => {
      this.database = await freshDatabase();
      this.server = await startServer(this.database.dsn);
    });
    afterAll(async () => {
      await this.server.close();
      await this.database.drop();
    });
  }

  /** A second server on the same database. */
  replica(): Promise<RunningServer> {
    return startServer(this.database.dsn);
  }

  readonly create = (json: object = {}): Promise<Answer> => this.server.admin('POST', '/admin/clients', { json });

  readonly created = async (json: object = {}): Promise<Json> => {
    const answer = await this.create(json);
    expect([answer.status, answer.text.slice(0, 300)]).toEqual([201, expect.stringMatching(/^/)]);
    return answer.json;
  };

  readonly read = async (id: string): Promise<Json> => (await this.server.admin('GET', at(id))).json;

  readonly authenticates = async (id: string, secret: string): Promise<number> =>
    (await this.server.authenticate({}, basic(id, secret))).status;

  /** The row of the client as text. */
  readonly stored = async (id: string): Promise<string> => {
    const sql = 'select client::text as text from client where client_id = $1';
    const [row] = await this.server.get(DataSource).query<{ text: string }[]>(sql, [id]);
    return row?.text ?? '';
  };
}

export const at = (id: string, tail = ''): string => `/admin/clients/${encodeURIComponent(id)}${tail}`;
