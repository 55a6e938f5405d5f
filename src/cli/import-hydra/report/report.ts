/** What an import has done, or would do, with each table of Hydra. */
import type { Listing } from '../../output/format.js';
import type { BeginningDetails, TableStates } from '../target/ledger.js';

export interface Report {
  dry_run: boolean;
  source: { schema: string; network: string; other_networks: string[] };
  /** Rows that each system secret opened, in the order of the list. */
  secrets: number[];
  tables: TableReport[];
  warnings: string[];
}

interface TableReport {
  table: string;
  rows: number;
  imported: number;
  adapted: Reason[];
  left_out: Reason[];
}

interface Reason {
  reason: string;
  rows: number;
}

interface Known {
  network: string;
  sourceSchema: string;
  details: BeginningDetails;
}

export function reportOf({ network, sourceSchema, details }: Known, states: TableStates, dryRun: boolean): Report {
  const tables = Object.keys(details.rows).sort();
  return {
    dry_run: dryRun,
    source: { schema: sourceSchema, network, other_networks: details.other_networks },
    secrets: details.opened,
    tables: tables.map((table) => {
      const { imported = 0, adapted = {}, leftOut = {} } = states[table] ?? {};
      const rows = details.rows[table] ?? 0;
      return { table, rows, imported, adapted: reasons(adapted), left_out: reasons(leftOut) };
    }),
    warnings: [...details.warnings, ...details.row_warnings],
  };
}

function reasons(counts: Record<string, number>): Reason[] {
  return Object.entries(counts)
    .map(([reason, rows]) => ({ reason, rows }))
    .sort((a, b) => (a.reason < b.reason ? -1 : 1));
}

export function reportListing(report: Report): Listing {
  const { source, secrets, tables, warnings } = report;
  return {
    columns: ['Table', 'Rows', 'Imported', 'Left out', 'Adapted'],
    rows: tables.map(({ table, rows, imported, left_out, adapted }) => [
      table,
      String(rows),
      String(imported),
      inWords(left_out),
      inWords(adapted),
    ]),
    value: report,
    footer: [
      ['Schema', source.schema],
      ['Network', source.network],
      ...secrets.map((rows, place): [string, string] => [`Secret ${place + 1}`, `opened ${rows} rows`]),
      ...warnings.map((warning): [string, string] => ['Warning', warning]),
    ],
  };
}

const inWords = (list: readonly Reason[]): string =>
  list.map(({ reason, rows }) => `${rows} ${reason}`).join('; ') || '–';
