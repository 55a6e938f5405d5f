import type { DataSource } from 'typeorm';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import type { Configuration } from '../../../src/config/configuration.js';
import { connectForRequests } from '../../../src/database/data-source.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';

export interface Opened {
  database: TestDatabase;
  dataSource: DataSource;
  close(): Promise<void>;
}

/** A migrated database and a connection to it, as the program makes it. */
export async function open(): Promise<Opened> {
  const database = await freshDatabase();
  const dataSource = await connectForRequests(database.dsn, []);
  return {
    database,
    dataSource,
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/** As much configuration as the database room reads. */
export function configured(dsn?: string): ConfigHolder {
  const part = { dsn, ttl: { access_token: 3600 }, database: { prepared: 'auto' } };
  return new ConfigHolder(part as unknown as Configuration);
}
