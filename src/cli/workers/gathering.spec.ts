import type { Worker } from 'node:cluster';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Measured } from '../../observability/measured.js';
import { Gathering } from './gathering.js';
import type { ToWorker } from './messages.js';

/** As far as the gathering knows it. */
class Fellow {
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

/** Counter and gauge, as the one that asks adds them up. */
function sums(all: Measured[]): [number, number] {
  const sum = (name: string): number =>
    all
      .flat()
      .filter((metric) => metric.name === name)
      .reduce((total, { values }) => total + (values[0]?.value ?? 0), 0);
  return [sum('c'), sum('g')];
}

describe('what the workers have measured', () => {
  let gathering: Gathering;
  let [a, b, c]: [Fellow, Fellow, Fellow] = [new Fellow(), new Fellow(), new Fellow()];

  beforeEach(() => {
    vi.useFakeTimers();
    gathering = new Gathering();
    [a, b, c] = [new Fellow(), new Fellow(), new Fellow()];
  });
  afterEach(() => vi.useRealTimers());

  const ask = (count: number, ...others: Fellow[]): Promise<Measured[]> =>
    gathering.ask(
      a.worker,
      measured(count),
      others.map(({ worker }) => worker),
    );
  const answer = (fellow: Fellow, count: number, id = fellow.question): void => {
    gathering.answered(fellow.worker, id, measured(count, 10));
  };
  const die = (fellow: Fellow): void => {
    fellow.dead = true;
    gathering.forget(fellow.worker);
  };

  it('is the sum of all that answer', async () => {
    const all = ask(1, b, c);
    answer(b, 2);
    answer(c, 4);
    expect(sums(await all)).toEqual([7, 21]);
    expect(sums(await ask(1))).toEqual([7, 1]);
  });

  it('keeps the counts of one that has died, and drops its gauges', async () => {
    const before = ask(1, b);
    answer(b, 2);
    await before;
    die(b);
    const after = ask(1, c);
    answer(c, 4);
    expect(sums(await after)).toEqual([7, 11]);
  });

  it('keeps the counts of the one that asked, and has shown them, when it dies', async () => {
    await ask(5);
    die(a);
    expect(sums(await gathering.ask(b.worker, measured(1), []))).toEqual([6, 1]);
  });

  it('counts one that dies between its answer and that of another once, without its gauges', async () => {
    const all = ask(1, b, c);
    answer(b, 2);
    die(b);
    answer(c, 4);
    expect(sums(await all)).toEqual([7, 11]);
  });

  it('waits for none that dies', async () => {
    const all = ask(1, b);
    die(b);
    expect(sums(await all)).toEqual([1, 1]);
  });

  it('shows the known counts of one that hangs for two seconds, and no gauges; what it says late counts', async () => {
    const before = ask(1, b);
    answer(b, 2);
    await before;
    const hanging = ask(1, b);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sums(await hanging)).toEqual([3, 1]);
    answer(b, 8);
    expect(sums(await ask(1))).toEqual([9, 1]);
  });

  it('does not fall by an answer that was overtaken', async () => {
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

  it('hears nothing of the dead', async () => {
    const all = ask(1, b, c);
    die(b);
    answer(b, 2);
    answer(c, 4);
    expect(sums(await all)).toEqual([5, 11]);
    expect(sums(await ask(1))).toEqual([5, 1]);
  });
});
