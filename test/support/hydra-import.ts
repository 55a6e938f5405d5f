/** Runs `import hydra` in this process, and compares databases before and after it. */
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { type ImportOptions, importHydra } from '../../src/cli/import-hydra/import-hydra.js';
import type { Report } from '../../src/cli/import-hydra/report/report.js';
import { sourceAddress } from '../../src/cli/import-hydra/source/source-address.js';
import { type HydraConfiguration, hydraConfiguration, onDatabase } from './hydra-database.js';

export interface Importing extends Partial<Omit<ImportOptions, 'from' | 'to' | 'configuration'>> {
  /** Default: the configuration of the fixture. */
  configuration?: HydraConfiguration;
}

/** What it said to the operator is added to `told`. @throws as the command does */
export async function importInto(
  { from, to }: { from: string; to: string },
  { configuration, ...options }: Importing = {},
): Promise<Report & { told: string[] }> {
  const told: string[] = [];
  const report = await importHydra({
    from: sourceAddress(from),
    to,
    configuration: await configurationOf(configuration, to),
    tell: (line) => void told.push(line),
    stop: new AbortController().signal,
    ...options,
  });
  if (!report) throw new Error('not confirmed');
  return { ...report, told };
}

async function configurationOf(
  given: HydraConfiguration | undefined,
  dsn: string,
): Promise<ImportOptions['configuration']> {
  const configuration = given ?? (await hydraConfiguration());
  return loadConfiguration({ files: [], env: {}, fixed: { ...configuration, dsn } });
}

/** The error that it ends with. */
export async function refusalOf(dsns: { from: string; to: string }, options: Importing = {}): Promise<string> {
  try {
    await importInto(dsns, options);
  } catch (error) {
    if (error instanceof Error && ['CommandFailed', 'DatabaseUnreachable'].includes(error.name)) return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}

const TABLES = `select c.oid::regclass::text as name from pg_class c
where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace order by 1`;

/** Every row of every table as text, by table. */
export function contentsOf(dsn: string): Promise<Record<string, string[]>> {
  return onDatabase(dsn, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(TABLES);
    const contents: Record<string, string[]> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(
        `select to_jsonb(it)::text as row from ${name} it order by 1`,
      );
      contents[name] = rows.map(({ row }) => row);
    }
    return contents;
  });
}
