import type { DataSource } from 'typeorm';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import type { Configuration } from '../../../src/config/configuration.js';
import { connectForRequests } from '../../../src/database/data-source.js';
import { LeaseEntity } from '../../../src/database/lease.entity.js';
import { CacheChangeEntity } from '../../../src/invalidation/cache-change.entity.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';

export interface Opened {
  database: TestDatabase;
  dataSource: DataSource;
  close(): Promise<void>;
}

/** A migrated database and a connection to it, opened like in the program. */
export async function open(): Promise<Opened> {
  const database = await freshDatabase();
  const dataSource = await connectForRequests(database.dsn, [LeaseEntity, CacheChangeEntity]);
  return {
    database,
    dataSource,
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/** The part of the configuration that `src/database` reads. */
export function configured(dsn?: string): ConfigHolder {
  const part = { dsn, ttl: { access_token: 3600 }, database: { prepared: 'auto', max_waiting: 0, max_wait: 0 } };
  return new ConfigHolder(part as unknown as Configuration);
}
