import { describe, expect, it } from 'vitest';
import type { Measured, Metric } from '../../observability/measured.js';
import { Tally } from './tally.js';

const metric = (type: Metric['type'], ...values: [label: string, value: number][]): Measured => [
  {
    ...{ name: 'm', help: 'A metric.', type, aggregator: 'sum' },
    values: values.map(([way, value]) => ({ metricName: 'm_sum', labels: { way }, value })),
  },
];

function tallyOf(...reports: Measured[]): Tally {
  const tally = new Tally();
  for (const report of reports) tally.raise(report);
  return tally;
}

function sumOf(...tallies: Tally[]): Tally {
  const sum = new Tally();
  for (const tally of tallies) sum.add(tally);
  return sum;
}

describe('a tally', () => {
  it('keeps counters and histograms, and no gauges', () => {
    const histogram = metric('histogram', ['a', 1.5], ['b', 2]);
    expect(tallyOf(histogram).measured).toEqual(histogram);
    expect(tallyOf(metric('counter', ['a', 3])).measured).toEqual(metric('counter', ['a', 3]));
    expect(tallyOf(metric('gauge', ['a', 3])).measured).toEqual([]);
  });

  it('is not lowered by an outdated report, and forgets no series', () => {
    const tally = tallyOf(metric('counter', ['a', 5], ['b', 1]), metric('counter', ['a', 4], ['c', 1]));
    expect(tally.measured).toEqual(metric('counter', ['a', 5], ['b', 1], ['c', 1]));
  });

  it('adds up by series, and does not change the tallies that it adds', () => {
    const [one, other] = [tallyOf(metric('counter', ['a', 5])), tallyOf(metric('counter', ['a', 2], ['b', 1]))];
    expect(sumOf(one, other, other).measured).toEqual(metric('counter', ['a', 9], ['b', 2]));
    expect(one.measured).toEqual(metric('counter', ['a', 5]));
  });

  it('has the same sum in any order, to the last digit', () => {
    const parts = [0.1, 0.2, 0.3, 1e6 / 3].map((value) => tallyOf(metric('histogram', ['a', value])));
    expect(sumOf(...parts).measured).toEqual(sumOf(...parts.toReversed()).measured);
    const [first = new Tally(), ...rest] = parts;
    expect(sumOf(sumOf(...rest), first).measured).toEqual(sumOf(...parts).measured);
    expect(sumOf(...parts).measured[0]?.values[0]?.value).toBeCloseTo(0.6 + 1e6 / 3, 5);
  });

  it('is as large as the metrics of one process, however many it has added up', () => {
    const sum = new Tally();
    for (let death = 0; death < 50; death++) sum.add(tallyOf(metric('counter', ['a', 1], ['b', 1])));
    expect(sum.measured).toEqual(metric('counter', ['a', 50], ['b', 50]));
  });
});
