import type { Worker } from 'node:cluster';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Measured } from '../../observability/measured.js';
import { WorkerMetrics } from './worker-metrics.js';
import type { ToWorker } from './messages.js';

/** The part of a worker that WorkerMetrics uses. */
class FakeWorker {
  dead = false;
  readonly asked: number[] = [];
  readonly worker = {
    isConnected: () => !this.dead,
    isDead: () => this.dead,
    send: (message: ToWorker) => this.asked.push(message.kind === 'measure' ? message.id : NaN),
  } as unknown as Worker;

  get question(): number {
    return this.asked.at(-1) ?? NaN;
  }
}

const measured = (count: number, gauge = 1): Measured => [
  { name: 'c', help: '', type: 'counter', aggregator: 'sum', values: [{ labels: {}, value: count }] },
  { name: 'g', help: '', type: 'gauge', aggregator: 'sum', values: [{ labels: {}, value: gauge }] },
];

/** The sums of the counter and of the gauge, as the asking worker computes them. */
function sums(all: Measured[]): [number, number] {
  const sum = (name: string): number =>
    all
      .flat()
      .filter((metric) => metric.name === name)
      .reduce((total, { values }) => total + (values[0]?.value ?? 0), 0);
  return [sum('c'), sum('g')];
}

describe('the metrics of all workers', () => {
  let workerMetrics: WorkerMetrics;
  let [a, b, c]: [FakeWorker, FakeWorker, FakeWorker] = [new FakeWorker(), new FakeWorker(), new FakeWorker()];

  beforeEach(() => {
    vi.useFakeTimers();
    workerMetrics = new WorkerMetrics();
    [a, b, c] = [new FakeWorker(), new FakeWorker(), new FakeWorker()];
  });
  afterEach(() => vi.useRealTimers());

  const ask = (count: number, ...others: FakeWorker[]): Promise<Measured[]> =>
    workerMetrics.ask(
      a.worker,
      measured(count),
      others.map(({ worker }) => worker),
    );
  const answer = (fake: FakeWorker, count: number, id = fake.question): void => {
    workerMetrics.answered(fake.worker, id, measured(count, 10));
  };
  const die = (fake: FakeWorker): void => {
    fake.dead = true;
    workerMetrics.forget(fake.worker);
  };

  it('are the sum of all that answer', async () => {
    const all = ask(1, b, c);
    answer(b, 2);
    answer(c, 4);
    expect(sums(await all)).toEqual([7, 21]);
    expect(sums(await ask(1))).toEqual([7, 1]);
  });

  it('keep the counts of a worker that has died, and drop its gauges', async () => {
    const before = ask(1, b);
    answer(b, 2);
    await before;
    die(b);
    const after = ask(1, c);
    answer(c, 4);
    expect(sums(await after)).toEqual([7, 11]);
  });

  it('keep the counts that a worker has shown, when it dies', async () => {
    await ask(5);
    die(a);
    expect(sums(await workerMetrics.ask(b.worker, measured(1), []))).toEqual([6, 1]);
  });

  it('count a worker once, without gauges, that dies before the others have answered', async () => {
    const all = ask(1, b, c);
    answer(b, 2);
    die(b);
    answer(c, 4);
    expect(sums(await all)).toEqual([7, 11]);
  });

  it('do not wait for a worker that dies', async () => {
    const all = ask(1, b);
    die(b);
    expect(sums(await all)).toEqual([1, 1]);
  });

  it('include known counts but no gauges of a worker that hangs for two seconds; its late answer counts', async () => {
    const before = ask(1, b);
    answer(b, 2);
    await before;
    const hanging = ask(1, b);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sums(await hanging)).toEqual([3, 1]);
    answer(b, 8);
    expect(sums(await ask(1))).toEqual([9, 1]);
  });

  it('do not fall when answers arrive out of order', async () => {
    const [slow, quick] = [ask(1, b), ask(1, b)];
    const [first = 0, second = 0] = b.asked;
    answer(b, 9, second);
    answer(b, 8, first);
    expect([sums(await quick), sums(await slow)]).toEqual([
      [10, 11],
      [10, 11],
    ]);
    die(b);
    expect(sums(await ask(1))).toEqual([10, 1]);
  });

  it('ignore answers of dead workers', async () => {
    const all = ask(1, b, c);
    die(b);
    answer(b, 2);
    answer(c, 4);
    expect(sums(await all)).toEqual([5, 11]);
    expect(sums(await ask(1))).toEqual([5, 1]);
  });
});
