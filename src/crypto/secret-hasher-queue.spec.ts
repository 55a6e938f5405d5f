import { describe, expect, it } from 'vitest';
import { HashingQueue, HashingQueueFull } from './secret-hasher-queue.js';

function deferred(): { promise: Promise<string>; resolve: (value: string) => void; reject: (error: Error) => void } {
  let resolve!: (value: string) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<string>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const REQUESTER = { known: true, client: 'c', address: '1' };
const NOBODY = { known: false, client: '', address: '1' };

describe('the hashing queue', () => {
  it('runs a limited number at a time, the others in turn', async () => {
    const queue = new HashingQueue({ running: 2, waiting: 8 });
    const tasks = [deferred(), deferred(), deferred()];
    const started: number[] = [];
    const results = tasks.map((task, i) => queue.run(() => (started.push(i), task.promise), REQUESTER));
    await Promise.resolve();
    expect(started).toEqual([0, 1]);
    tasks[1]!.resolve('b');
    expect(await results[1]).toBe('b');
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);
    tasks[0]!.resolve('a');
    tasks[2]!.resolve('c');
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
  });

  it('refuses at once when too many wait, and takes more when a place is free', async () => {
    const queue = new HashingQueue({ running: 1, waiting: 1 });
    const first = deferred();
    const running = queue.run(() => first.promise, REQUESTER);
    const waiting = queue.run(() => Promise.resolve('waited'), REQUESTER);
    await expect(queue.run(() => Promise.resolve('never'), REQUESTER)).rejects.toBeInstanceOf(HashingQueueFull);
    first.resolve('done');
    expect([await running, await waiting]).toEqual(['done', 'waited']);
    expect(await queue.run(() => Promise.resolve('again'), REQUESTER)).toBe('again');
  });

  it('frees the place of a failed task', async () => {
    const queue = new HashingQueue({ running: 1, waiting: 1 });
    await expect(queue.run(() => Promise.reject(new Error('broken')), REQUESTER)).rejects.toThrow('broken');
    expect(await queue.run(() => Promise.resolve('fine'), REQUESTER)).toBe('fine');
  });

  /** A queue with one place, which is taken; waiting tasks record their names when their turn comes. */
  function stage(waiting: number) {
    const queue = new HashingQueue({ running: 1, waiting });
    const gate = deferred();
    const turns: string[] = [];
    const refused: string[] = [];
    const all: Promise<unknown>[] = [queue.run(() => gate.promise, REQUESTER)];
    const ask = (name: string, requester = REQUESTER): void => {
      const task = (): Promise<void> => Promise.resolve(void turns.push(name));
      all.push(queue.run(task, requester).catch(() => refused.push(name)));
    };
    const end = async (): Promise<void> => {
      gate.resolve('');
      await Promise.all(all);
    };
    return { ask, end, turns, refused };
  }

  it('lets those who ask for unknown clients wait behind, though not for ever', async () => {
    const { ask, end, turns } = stage(100);
    for (let i = 0; i < 5; i++) ask(`unknown ${i}`, NOBODY);
    for (let i = 0; i < 20; i++) ask(`known ${i}`);
    await end();
    const places = turns.flatMap((turn, i) => (turn.startsWith('unknown') ? [i] : []));
    expect(places).toEqual([7, 15, 22, 23, 24]);
  });

  it('takes the places of those who ask for unknown clients first where it is full', async () => {
    const { ask, end, turns, refused } = stage(3);
    for (let i = 0; i < 4; i++) ask(`unknown ${i}`, NOBODY);
    for (let i = 0; i < 4; i++) ask(`known ${i}`);
    ask('unknown 4', NOBODY);
    await end();
    expect(turns).toEqual(['known 0', 'known 1', 'known 2']);
    expect(refused.toSorted()).toEqual(['known 3', ...[0, 1, 2, 3, 4].map((i) => `unknown ${i}`)]);
  });

  it('admits a requester that has less waiting than another where it is full', async () => {
    const { ask, end, turns, refused } = stage(3);
    for (let i = 0; i < 4; i++) ask(`flood ${i}`);
    ask('other', { ...REQUESTER, client: 'd' });
    await end();
    expect(turns.indexOf('other')).toBeLessThan(3);
    expect(refused).toEqual(['flood 3', 'flood 2']);
  });
});
