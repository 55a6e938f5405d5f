import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { DataSource, type EntityMetadata, getMetadataArgsStorage } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

interface Column {
  type: string;
  nullable: boolean;
}

describe('entities', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    await importEntities();
    database = await freshDatabase();
    const entities = getMetadataArgsStorage().tables.map(({ target }) => target as new () => object);
    dataSource = await new DataSource({
      type: 'postgres',
      extra: { connectionString: database.dsn },
      entities,
    }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('describe columns that the migrations create, with the same type', async () => {
    const entities = dataSource.entityMetadatas;
    expect(entities.length).toBeGreaterThan(0);
    for (const entity of entities) {
      const columns = await columnsOf(entity);
      for (const column of entity.columns) {
        const described = `${entity.tableName}.${column.databaseName}`;
        expect({ [described]: columns.get(column.databaseName) }).toEqual({ [described]: expected(column) });
      }
    }
  });

  it('describe every table and all its columns', async () => {
    const rows = await dataSource.query<{ name: string }[]>(
      `select relname || '.' || attname as name from pg_class join pg_attribute on attrelid = pg_class.oid
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and attnum > 0
  and not attisdropped and relname <> 'migrations' order by 1`,
    );
    const described = dataSource.entityMetadatas.flatMap(({ tableName, columns }) =>
      columns.map(({ databaseName }) => `${tableName}.${databaseName}`),
    );
    expect(described.sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  it('describe the primary keys that the migrations create', async () => {
    for (const entity of dataSource.entityMetadatas) {
      const rows = await dataSource.query<{ name: string }[]>(
        `select attname as name from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)
where indrelid = to_regclass($1) and indisprimary order by 1`,
        [entity.tableName],
      );
      const described = entity.primaryColumns.map((column) => column.databaseName).sort();
      expect({ [entity.tableName]: rows.map(({ name }) => name) }).toEqual({ [entity.tableName]: described });
    }
  });

  async function columnsOf(entity: EntityMetadata): Promise<Map<string, Column>> {
    const rows = await dataSource.query<(Column & { name: string })[]>(
      `select attname as name, format_type(atttypid, atttypmod) as type, not attnotnull as nullable
from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
      [entity.tableName],
    );
    return new Map(rows.map(({ name, type, nullable }) => [name, { type, nullable }]));
  }

  function expected(column: ColumnMetadata): Column {
    const unknown = UNKNOWN_TO_TYPEORM[`${column.entityMetadata.tableName}.${column.databaseName}`];
    const type = unknown ?? dataSource.driver.normalizeType(column);
    return { type: `${LONG_NAMES[type] ?? type}${column.isArray ? '[]' : ''}`, nullable: column.isNullable };
  }
});

/** Types that TypeORM refuses: the entity uses a type with equal values. */
const UNKNOWN_TO_TYPEORM: Record<string, string> = { 'cache_change.xact': 'xid8' };

const LONG_NAMES: Record<string, string> = { timestamptz: 'timestamp with time zone' };

/** Imports every `*.entity.ts`, so that no entity is missing here. */
async function importEntities(): Promise<void> {
  const files = await readdir(SOURCE, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.entity.ts'))) {
    await import(pathToFileURL(join(SOURCE, file)).href);
  }
}
