/** What is known when an import begins, and whether a run that goes on is the one that began. */
import { deriveKey } from '../../crypto/aead.js';
import { CommandFailed } from '../command-failed.js';
import { proveAll } from './proof.js';
import type { ProgressLine } from './report/progress-line.js';
import { networkWarnings, type Networks } from './source/networks.js';
import type { OpenSource } from './source/open-source.js';
import { sessionWarnings } from './source/other-sessions.js';
import type { RowCount } from './source/row-counts.js';
import { schemaVersion } from './source/schema.js';
import { type Opener, REASONS, type Stage } from './table-import.js';
import type { Begun, Beginning, TableStates } from './target/ledger.js';

const UNKNOWN_TABLE = 'of a table that is not known';
const FROM_A_FRESH_DATABASE =
  'or start from a fresh database: create an empty one, run `ostiary migrate sql up` on it, and import into that.';

export interface Beginner {
  source: OpenSource;
  networks: Networks;
  counts: readonly RowCount[];
  stages: readonly Stage[];
  envelopes: Opener;
  /** The system secrets. */
  secrets: readonly string[];
  /** How many other threads open the sessions of tokens. */
  threads: number;
  leaveUnreadable: boolean;
  progress: ProgressLine;
  stopIfAsked: () => void;
}

/** Opens every sealed value. @throws CommandFailed where a secret is missing */
export async function beginningOf(options: Beginner, now: Date): Promise<Beginning> {
  const { source, networks, counts, secrets, progress } = options;
  const { version, warnings } = await schemaVersion(source);
  const told = [...warnings, ...networkWarnings(networks), ...(await sessionWarnings(source))];
  const { opened, unreadable } = await proveAll(source, {
    ...options,
    progress: proving(options),
  });
  progress.clear();
  return {
    network: networks.chosen,
    sourceSchema: version,
    begunAt: now,
    details: {
      other_networks: networks.others,
      rows: Object.fromEntries(counts.map(({ table, rows }) => [table, rows])),
      opened,
      unreadable,
      secrets: secrets.map(fingerprint),
      warnings: told,
      row_warnings: [],
    },
  };
}

function proving({ counts, progress, stopIfAsked }: Beginner): (table: string, rows: number) => void {
  let current: string | undefined;
  return (table, rows) => {
    if (table !== current) {
      const found = counts.find((count) => count.table === table);
      progress.start('Opening', table, { before: 0, of: (found?.rows ?? 0) - (found?.ofOtherNetworks ?? 0) });
    }
    current = table;
    progress.add(rows);
    stopIfAsked();
  };
}

/** Bytes of a key that is used for nothing else: they tell lists of secrets apart, and lead to none. */
const fingerprint = (secret: string): string => deriveKey(secret, 'import of Hydra').toString('hex').slice(0, 16);

/** How each table stands when nothing of it was read. */
export function initialStates(counts: readonly RowCount[], stages: readonly Stage[]): TableStates {
  const known = new Set(stages.flatMap(({ tables }) => tables.map(({ name }) => name)));
  return Object.fromEntries(
    counts.map(({ table, rows, ofOtherNetworks }) => {
      const leftOut = known.has(table) ? counted(REASONS.otherNetwork, ofOtherNetworks) : counted(UNKNOWN_TABLE, rows);
      return [table, { place: undefined, imported: 0, adapted: {}, leftOut, finished: !known.has(table) }];
    }),
  );
}

const counted = (reason: string, rows: number): Record<string, number> => (rows > 0 ? { [reason]: rows } : {});

/** @throws CommandFailed where the target holds the import of another network */
export function requireSameNetwork({ network }: Begun, networks: Networks): void {
  if (network !== networks.chosen)
    throw new CommandFailed(
      `The target holds an import of the network ${network}, and this source has ${networks.chosen}: name the source with which it began, ${FROM_A_FRESH_DATABASE}`,
    );
}

/** @throws CommandFailed where the source has changed since the import began, or other secrets are configured */
export function requireSameImport(
  { details }: Begun,
  { counts, secrets }: { counts: readonly RowCount[]; secrets: readonly string[] },
): void {
  if (JSON.stringify(details.secrets) !== JSON.stringify(secrets.map(fingerprint)))
    throw new CommandFailed(
      `The import began with another list in secrets.system: give that list, in its order, ${FROM_A_FRESH_DATABASE}`,
    );
  const changed = counts.filter(({ table, rows }) => details.rows[table] !== rows);
  if (changed.length === 0) return;
  const lines = changed.map(({ table, rows }) => `${table} had ${details.rows[table] ?? 0} rows, and has ${rows}`);
  throw new CommandFailed(
    `The source has changed since the import began: ${lines.join('; ')}. Stop Hydra, and name the database with which it began, ${FROM_A_FRESH_DATABASE}`,
  );
}
