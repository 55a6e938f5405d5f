/**
 * The counters and histograms of processes: the metrics that never fall. A tally is as large as the metrics of one
 * process, however many processes are added up in it.
 */
import type { Measured, Metric, Sample } from '../../observability/measured.js';

/**
 * Values are rounded down to multiples of 2^-20. Sums of such numbers are exact (up to 2^33, whole numbers up to 2^53),
 * and so the same in any order. Otherwise a sum of seconds could fall in its last digit, which Prometheus takes for a restart.
 */
const STEPS = 2 ** 20;

interface Counted {
  of: Omit<Metric, 'values'>;
  samples: Map<string, Sample>;
}

export class Tally {
  private readonly metrics = new Map<string, Counted>();

  /** Takes a new report of the process. A report that arrives after a newer one lowers nothing. */
  raise(measured: Measured): void {
    for (const { values, ...of } of measured.filter(isCounted)) {
      const { samples } = this.counted(of);
      for (const sample of values) {
        const known = knownIn(samples, keyOf(sample), sample);
        known.value = Math.max(known.value, Math.floor(sample.value * STEPS) / STEPS);
      }
    }
  }

  /** Adds the counts of another process. */
  add(other: Tally): void {
    for (const { of, samples: more } of other.metrics.values()) {
      const { samples } = this.counted(of);
      for (const [key, sample] of more) knownIn(samples, key, sample).value += sample.value;
    }
  }

  get measured(): Measured {
    return [...this.metrics.values()].map(({ of, samples }) => ({ ...of, values: [...samples.values()] }));
  }

  private counted(of: Counted['of']): Counted {
    let counted = this.metrics.get(of.name);
    if (!counted) this.metrics.set(of.name, (counted = { of, samples: new Map() }));
    return counted;
  }
}

export const isCounted = ({ type }: Metric): boolean => type === 'counter' || type === 'histogram';

function knownIn(samples: Counted['samples'], key: string, sample: Sample): Sample {
  let known = samples.get(key);
  if (!known) samples.set(key, (known = { ...sample, value: 0 }));
  return known;
}

/** The key of a sample within its metric. The program always names labels in the same order. A scrape has thousands. */
function keyOf({ metricName = '', labels }: Sample): string {
  let key = metricName;
  for (const name in labels) key += `\0${name}\0${labels[name] ?? ''}`;
  return key;
}
