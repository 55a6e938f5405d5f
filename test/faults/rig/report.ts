/** The result of a run: figures over all rounds, faults by kind, and all violations. */
import { describe, type Violation } from './violations.js';

/** How many violations of each rule under each fault are printed in full; the others are counted. */
const TOLD = 3;

export class Report {
  readonly violations: Violation[] = [];
  private readonly figures = new Map<string, number>();
  private readonly recoveries = new Map<string, number[]>();
  private readonly skips: string[] = [];

  add(figures: ReadonlyMap<string, number>): void {
    for (const [name, value] of figures) this.figures.set(name, (this.figures.get(name) ?? 0) + value);
  }

  endured(fault: string, recoveryMs: number): void {
    this.recoveries.set(fault, [...(this.recoveries.get(fault) ?? []), recoveryMs]);
  }

  /** @returns whether it is worth printing */
  violated(violation: Violation): boolean {
    this.violations.push(violation);
    return this.likeOf(violation).length <= TOLD;
  }

  skipped(what: string): void {
    this.skips.push(what);
  }

  get faults(): number {
    return [...this.recoveries.values()].flat().length;
  }

  private violatedRules(): string[][] {
    const rules = new Set(this.violations.map(({ rule }) => rule));
    return [...rules].map((rule) => [rule, String(this.violations.filter((one) => one.rule === rule).length)]);
  }

  private likeOf({ rule, fault }: Violation): Violation[] {
    return this.violations.filter((one) => one.rule === rule && one.fault === fault);
  }

  /** The table at the end of the report. */
  text(): string {
    const faults = [...this.recoveries]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, times]) => {
        const sorted = times.toSorted((a, b) => a - b);
        const [median = 0, worst = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
        return [name, String(times.length), `${seconds(median)} s`, `${seconds(worst)} s`];
      });
    const figures = [...this.figures]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, count]) => [name, String(count)]);
    return [
      table([['fault', 'times', 'serves again after (median)', '(worst)'], ...faults]),
      table([
        ['figure', ''],
        ...figures,
        ['faults', String(this.faults)],
        ['violations', String(this.violations.length)],
      ]),
      ...this.skips,
      table([['violated rule', 'times'], ...this.violatedRules()]),
      ...this.violations.filter((one) => this.likeOf(one).indexOf(one) < TOLD).map(describe),
    ].join('\n\n');
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}
