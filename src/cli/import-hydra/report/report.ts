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

/**
 * Counts in columns, and below each table the reasons with their own counts: so the lines fit a terminal, however many
 * reasons there are.
 */
export function reportListing(report: Report): Listing {
  const { dry_run: isDryRun, source, secrets, tables, warnings } = report;
  return {
    columns: ['Table', 'Rows', 'Imported', 'Left out', 'Adapted'],
    rows: tables.flatMap(linesOf),
    ids: tables.map(({ table }) => table),
    value: report,
    footer: [
      ['Schema', source.schema],
      ['Network', source.network],
      ...secrets.map((rows, place): [string, string] => [`Secret ${place + 1}`, `opened ${rows} rows`]),
      ...(isDryRun ? [['Dry run', 'nothing was written'] as [string, string]] : []),
      ...warnings.map((warning): [string, string] => ['Warning', warning]),
    ],
  };
}

function linesOf({ table, rows, imported, adapted, left_out: leftOut }: TableReport): string[][] {
  return [
    [table, ...[rows, imported, sumOf(leftOut), sumOf(adapted)].map(String)],
    ...leftOut.map(({ reason, rows: count }) => [`  ${reason}`, '', '', String(count)]),
    ...adapted.map(({ reason, rows: count }) => [`  ${reason}`, '', '', '', String(count)]),
  ];
}

const sumOf = (list: readonly Reason[]): number => list.reduce((sum, { rows }) => sum + rows, 0);
