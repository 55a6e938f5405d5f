/** Counts what becomes of rows. */
import type { Outcome, Tally } from './table-import.js';

type Until = Date | 'infinity' | undefined;
type Counts = Readonly<Record<string, number>>;

export function tallyOf(outcomes: readonly Outcome[]): Tally {
  const adapted: Record<string, number> = {};
  const leftOut: Record<string, number> = {};
  let imported = 0;
  let liveUntil: Until;
  for (const outcome of outcomes) {
    if ('leftOut' in outcome) {
      countOne(leftOut, outcome.leftOut);
      continue;
    }
    imported++;
    for (const reason of outcome.adapted ?? []) countOne(adapted, reason);
    liveUntil = later(liveUntil, outcome.liveUntil);
  }
  const warnings = outcomes.flatMap((outcome) => outcome.warnings ?? []);
  return { imported, adapted, leftOut, warnings, ...(liveUntil && { liveUntil }) };
}

function countOne(reasons: Record<string, number>, reason: string): void {
  reasons[reason] = (reasons[reason] ?? 0) + 1;
}

export const NOTHING: Tally = { imported: 0, adapted: {}, leftOut: {} };

export function sumOfTallies(one: Tally, other: Tally): Tally {
  const liveUntil = later(one.liveUntil, other.liveUntil);
  const warnings = [...(one.warnings ?? []), ...(other.warnings ?? [])];
  return {
    imported: one.imported + other.imported,
    adapted: sumOfCounts(one.adapted, other.adapted),
    leftOut: sumOfCounts(one.leftOut, other.leftOut),
    ...(liveUntil && { liveUntil }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Rows of the source that were read. */
export const readRows = ({ imported, leftOut }: Pick<Tally, 'imported' | 'leftOut'>): number =>
  imported + Object.values(leftOut).reduce((sum, rows) => sum + rows, 0);

function sumOfCounts(one: Counts, other: Counts): Record<string, number> {
  const sum: Record<string, number> = { ...one };
  for (const [reason, rows] of Object.entries(other)) sum[reason] = (sum[reason] ?? 0) + rows;
  return sum;
}

function later(one: Until, other: Until): Until {
  if (one === undefined || other === undefined) return one ?? other;
  if (one === 'infinity' || other === 'infinity') return 'infinity';
  return one > other ? one : other;
}
