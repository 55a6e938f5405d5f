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
    for (const { values, ...of } of measured.filter(isCounted)) {
      const { samples } = this.counted(of);
      for (const sample of values) {
        const known = knownIn(samples, keyOf(sample), sample);
        known.value = Math.max(known.value, Math.floor(sample.value * STEPS) / STEPS);
      }
    }
  }

  /** What another process has counted comes on top. */
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

/** Within a metric. Labels come in the order in which the program names them. There are thousands at each scrape. */
function keyOf({ metricName = '', labels }: Sample): string {
  let key = metricName;
  for (const name in labels) key += `\0${name}\0${labels[name] ?? ''}`;
  return key;
}
