/**
 * What processes have counted: counters and histograms, of all that is measured that which never falls. One tally is as
 * large as what one process measures, however many are added up in it.
 */
import type { Measured, Metric, Sample } from '../../observability/measured.js';

/**
 * Values are kept in steps of 2^-20, rounded down. Sums of such numbers are exact (up to 2^33, whole numbers up to 2^53),
 * and so the same in any order: else that of seconds could fall by its last digit, which Prometheus takes for a restart.
 */
const STEPS = 2 ** 20;

interface Counted {
  of: Omit<Metric, 'values'>;
  samples: Map<string, Sample>;
}

export class Tally {
  private readonly metrics = new Map<string, Counted>();

  /** The process says it anew. An answer that was overtaken by a newer one lowers nothing. */
  raise(measured: Measured): void {
    this.merge(measured, Math.max);
  }

  /** What another process has counted comes on top. */
  add(other: Tally): void {
    this.merge(other.measured, (known, more) => known + more);
  }

  get measured(): Measured {
    return [...this.metrics.values()].map(({ of, samples }) => ({ ...of, values: [...samples.values()] }));
  }

  private merge(measured: Measured, into: (known: number, value: number) => number): void {
    for (const { values, ...of } of measured.filter(isCounted)) {
      const { samples } = this.counted(of);
      for (const sample of values) {
        const key = keyOf(sample);
        const known = samples.get(key) ?? { ...sample, value: 0 };
        known.value = into(known.value, Math.floor(sample.value * STEPS) / STEPS);
        samples.set(key, known);
      }
    }
  }

  private counted(of: Counted['of']): Counted {
    let counted = this.metrics.get(of.name);
    if (!counted) this.metrics.set(of.name, (counted = { of, samples: new Map() }));
    return counted;
  }
}

export const isCounted = ({ type }: Metric): boolean => type === 'counter' || type === 'histogram';

/** Within a metric. Labels come in the order in which the program names them. */
const keyOf = ({ metricName = '', labels }: Sample): string => JSON.stringify([metricName, labels]);
