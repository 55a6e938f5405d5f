/**
 * The room of PostgreSQL: connection, migrations, statements of the hot paths, partitions, and the keeper that makes them
 * ahead and clears what has ended. Global: whoever owns a table injects DataSource or Statements.
 *
 * It must not know what a row means beyond when it may go: each table has its owner elsewhere.
 */
import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { ConfigHolder } from '../config/config-holder.js';
import { Buckets } from './bucket-keeper.js';
import { boundWaiting } from './database-busy.js';
import { connectForRequests, type EntityClass } from './data-source.js';
import { Keeper } from './keeping/keeper.js';
import { Migrated } from './migrated.js';
import { Statements } from './statements.js';
import { UseMarks } from './use-marks.js';

@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  /** @param entities every entity class of the program: each module's own. */
  static register({ entities }: { entities: EntityClass[] }): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: DataSource,
          useFactory: (config: ConfigHolder) => connectBounded(config, entities),
          inject: [ConfigHolder],
        },
        { provide: Migrated, useFactory: watchMigrations, inject: [DataSource] },
        Statements,
        Buckets,
        UseMarks,
        Keeper,
      ],
      exports: [DataSource, Migrated, Statements, Buckets, UseMarks],
    };
  }

  /** The last hook of the shutdown: until then requests in flight still use it. */
  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/** Looks before the first request, so that a migrated database is ready at once. */
async function watchMigrations(dataSource: DataSource): Promise<Migrated> {
  const migrated = new Migrated(dataSource);
  await migrated.watch();
  return migrated;
}

async function connectBounded(config: ConfigHolder, entities: EntityClass[]): Promise<DataSource> {
  const dataSource = await connectForRequests(dsnOf(config), entities);
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  boundWaiting(pool, () => config.current.database.max_waiting);
  return dataSource;
}

function dsnOf(config: ConfigHolder): string {
  const { dsn } = config.current;
  if (!dsn) throw new Error('No dsn is configured: the embedded PostgreSQL is started before the application.');
  return dsn;
}
