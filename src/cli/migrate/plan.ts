import type { MigrationStatus } from '../../database/migrations.js';
import type { Listing } from '../output/format.js';
import { aligned } from '../output/table.js';

const COLUMNS = ['Version', 'Name', 'Status'];

/** Lists all migrations with their states; the JSON holds their SQL as well, with Hydra's member names. */
export function listing(migrations: readonly MigrationStatus[]): Listing {
  return {
    columns: COLUMNS,
    rows: migrations.map(({ version, name, state }) => [version, name, state]),
    value: migrations.map(({ version, name, state, up, down }) => ({
      state,
      version,
      name,
      content: up,
      content_down: down,
    })),
  };
}

/** Shows the operator what will happen: the table, then the SQL of each step. */
export function plan(steps: readonly MigrationStatus[], status: 'Pending' | 'Rollback'): string {
  const rows = steps.map(({ version, name }) => [version, name, status]);
  const texts = steps.map(
    ({ version, name, up, down }) => `\n-- ${version} ${name}\n${status === 'Pending' ? up : down}\n`,
  );
  return `${aligned([COLUMNS, ...rows])}${texts.join('')}\n`;
}
