/** Whether a database is one of Hydra's that can be read, decided by which tables and columns are there. */
import { CommandFailed } from '../../command-failed.js';
import type { StageTable } from '../table-import.js';
import type { OpenSource } from './open-source.js';

/** The highest version of the newest Hydra whose tables were compared. Versions are compared as texts. */
const NEWEST_KNOWN = '20260420120000000001';

/** @throws CommandFailed where it is no Hydra, one of 1.x, a table or column is missing, or a table may not be read */
export function requireHydra(source: OpenSource, tables: readonly StageTable[]): void {
  if (!source.columnsOf('schema_migration') || source.hydraTables().length === 0)
    throw new CommandFailed(
      `The source is not a database of Hydra: it has no ${source.columnsOf('schema_migration') ? 'table hydra_client' : 'table schema_migration'} (${source.place}).`,
    );
  if (source.columnsOf('hydra_client') && !source.columnsOf('hydra_client')?.has('nid'))
    throw new CommandFailed(
      'The source is a database of Hydra 1.x: hydra_client has no column nid. Run `hydra migrate sql up` with Hydra 2.2 or later on it, or on a copy, and import that.',
    );
  const missing = [...tables, { name: 'networks', required: ['id', 'created_at'] }].flatMap((table) =>
    missingOf(source, table),
  );
  if (missing.length > 0)
    throw new CommandFailed(
      `The source lacks what Hydra 2.2 and later has: ${missing.join(', ')}. Run \`hydra migrate sql up\` with a current Hydra on it, or on a copy, and import that.`,
    );
  const closed = source.closedTables();
  if (closed.length > 0)
    throw new CommandFailed(
      `The role of the source may not read ${closed.join(', ')}. Run \`grant select on all tables in schema public to ROLE\` there, as the owner of the tables.`,
    );
}

function missingOf(source: OpenSource, { name, optional = false, required }: StageTable): string[] {
  const columns = source.columnsOf(name);
  if (!columns) return optional ? [] : [`the table ${name}`];
  return required.filter((column) => !columns.has(column)).map((column) => `the column ${name}.${column}`);
}

export interface SchemaVersion {
  /** The highest applied version. */
  version: string;
  warnings: string[];
}

export async function schemaVersion(source: OpenSource): Promise<SchemaVersion> {
  const [row] = await source.rows<{ version: string | null }>(
    'select max(version collate "C") as version from schema_migration',
  );
  const version = row?.version ?? '';
  const isNewer = version > NEWEST_KNOWN;
  return {
    version,
    warnings: isNewer
      ? [`The schema ${version} is newer than the newest that is known (${NEWEST_KNOWN}): what it added is not taken.`]
      : [],
  };
}
