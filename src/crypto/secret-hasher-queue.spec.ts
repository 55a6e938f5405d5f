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

describe('the hashing queue', () => {
  it('runs so many at a time, the others in turn', async () => {
    const queue = new HashingQueue({ running: 2, waiting: 8 });
    const tasks = [deferred(), deferred(), deferred()];
    const started: number[] = [];
    const results = tasks.map((task, i) => queue.run(() => (started.push(i), task.promise)));
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
    const running = queue.run(() => first.promise);
    const waiting = queue.run(() => Promise.resolve('waited'));
    await expect(queue.run(() => Promise.resolve('never'))).rejects.toBeInstanceOf(HashingQueueFull);
    first.resolve('done');
    expect([await running, await waiting]).toEqual(['done', 'waited']);
    expect(await queue.run(() => Promise.resolve('again'))).toBe('again');
  });

  it('gives the place of a failed task on', async () => {
    const queue = new HashingQueue({ running: 1, waiting: 1 });
    await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await queue.run(() => Promise.resolve('fine'))).toBe('fine');
  });
});
