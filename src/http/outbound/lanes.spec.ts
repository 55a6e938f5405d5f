import { describe, expect, it } from 'vitest';
import { Lanes, LanesFull } from './lanes.js';

const LIMITS = { running: 3, waiting: 6, runningEach: 2, waitingEach: 4 };

/** Work that ends when the test says so; `begun` is the order of the starts. */
function stage(limits = LIMITS) {
  const lanes = new Lanes(limits);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (name: string): Promise<string> =>
    lanes.run(name.charAt(0), () => {
      begun.push(name);
      return new Promise((resolve) => {
        ends.set(name, () => {
          resolve(name);
        });
      });
    });
  const end = async (name: string): Promise<void> => {
    await new Promise(setImmediate);
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { run, end, begun };
}

describe('lanes', () => {
  it('run as much work at a time as they may, and less under one key', async () => {
    const { run, begun } = stage();
    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1']) void run(name);
    await new Promise(setImmediate);
    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('let keys take turns: who has much waiting holds up nobody', async () => {
    const { run, end, begun } = stage();
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'c1']) void run(name);
    await end('a1');
    await end('a2');
    await end('a3');
    expect(begun.slice(3).toSorted()).toEqual(['a3', 'b2', 'c1']);
  });

  it('refuse beyond what may wait under one key, and take more when there is room', async () => {
    const { run, end } = stage();
    const first = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map(run);
    await expect(run('a7')).rejects.toBeInstanceOf(LanesFull);
    await end('a1');
    expect(await first[0]).toBe('a1');
    void run('a8');
    await end('a2');
    expect(await first[1]).toBe('a2');
  });

  it('admit work of a key that has less waiting than another, and refuse all other work when the queue is full', async () => {
    const { run, begun, end } = stage();
    const outcomes = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'b1', 'c1', 'c2', 'd1'].map((name) =>
      run(name).catch((error: unknown) => error),
    );
    expect(await outcomes[5]).toBeInstanceOf(LanesFull); // d1 takes the place of a6
    await expect(run('c3')).rejects.toBeInstanceOf(LanesFull);
    await end('b1');
    await end('c1');
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'd1']);
  });

  it('keep nothing of work that was refused or has ended, whatever keys strangers choose', async () => {
    const lanes = new Lanes({ running: 1, waiting: 1, runningEach: 1, waitingEach: 1 });
    const ends: (() => void)[] = [];
    const work = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    const all = [lanes.run('a', work), lanes.run('b', work)];
    for (let i = 0; i < 100; i++) await expect(lanes.run(`c${i}`, work)).rejects.toBeInstanceOf(LanesFull);
    expect(lanes.keys).toBe(2);
    for (const promise of all) {
      await new Promise(setImmediate);
      ends.shift()?.();
      await promise;
    }
    expect(lanes.keys).toBe(0);
  });

  it('free the place of failed work', async () => {
    const lanes = new Lanes({ running: 1, waiting: 1, runningEach: 1, waitingEach: 1 });
    const failed = lanes.run('a', () => Promise.reject(new Error('broken')));
    const after = lanes.run('b', () => Promise.resolve('fine'));
    await expect(failed).rejects.toThrow('broken');
    expect(await after).toBe('fine');
  });
});
