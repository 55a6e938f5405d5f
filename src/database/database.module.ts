/**
 * PostgreSQL: connection, migrations, hot statements, partitions, and the maintenance that creates partitions
 * in advance and deletes expired rows. Global: each room names its entities with `TypeOrmModule.forFeature` and injects their
 * repositories; hot paths use Statements.
 *
 * It must not know what a row means: each table has its owner elsewhere, which also says when a row may be deleted (CleanUp).
 */
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { ConfigHolder } from '../config/config-holder.js';
import { Buckets } from './bucket-partitions.js';
import { boundWaiting } from './database-busy.js';
import { connectForRequests, type EntityClass } from './data-source.js';
import { DatabaseProbe } from './database-probe.js';
import { Maintenance } from './maintenance/maintenance.js';
import { CLEAN_UP_LIST, type CleanUp } from './maintenance/maintenance-task.js';
import { LeaseEntity } from './lease.entity.js';
import { Migrated } from './migrated.js';
import { Statements } from './statements.js';
import { UseMarkEntity } from './use-mark.entity.js';
import { UseMarks } from './use-marks.js';
import { DatabaseLoad } from './waiting-queue.js';

/**
 * `autoLoadEntities`: the rooms name the entities. This module retries while PostgreSQL starts, because it can
 * distinguish a wrong password, for which waiting is useless. Connections are closed in the last phase of the shutdown: until
 * then requests in progress use them.
 */
const connection = TypeOrmModule.forRootAsync({
  inject: [ConfigHolder],
  useFactory: (config: ConfigHolder) => ({
    type: 'postgres',
    url: dsnOf(config),
    autoLoadEntities: true,
    toRetry: () => false,
  }),
  dataSourceFactory: (options) => {
    const { url, entities } = options as PostgresDataSourceOptions;
    return connectForRequests(String(url), entities as EntityClass[]);
  },
});

@Module({})
export class DatabaseModule {
  constructor(dataSource: DataSource, config: ConfigHolder, load: DatabaseLoad) {
    const pool = (dataSource.driver as PostgresDriver).master as Pool;
    boundWaiting(pool, () => config.current.database.max_waiting, load);
  }

  /** @param cleanUp the clean-up of the rooms, in its order */
  static register({ cleanUp = [] }: { cleanUp?: readonly CleanUp[] } = {}): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [connection, TypeOrmModule.forFeature([LeaseEntity, UseMarkEntity])],
      providers: [
        { provide: Migrated, useFactory: watchMigrations, inject: [DataSource] },
        {
          provide: DatabaseLoad,
          useFactory: (config: ConfigHolder) => new DatabaseLoad(() => config.current.database.max_wait),
          inject: [ConfigHolder],
        },
        Statements,
        Buckets,
        UseMarks,
        { provide: CLEAN_UP_LIST, useValue: cleanUp },
        Maintenance,
        DatabaseProbe,
      ],
      exports: [DatabaseLoad, DatabaseProbe, Migrated, Statements, Buckets, UseMarks],
    };
  }
}

/** Checks before the first request, so that a migrated database is ready at once. */
async function watchMigrations(dataSource: DataSource): Promise<Migrated> {
  const migrated = new Migrated(dataSource);
  await migrated.watch();
  return migrated;
}

function dsnOf(config: ConfigHolder): string {
  const { dsn } = config.current;
  if (!dsn) throw new Error('No dsn is configured: the embedded PostgreSQL is started before the application.');
  return dsn;
}
