import { describe, expect, it } from 'vitest';
import { KeyedMutex } from './keyed-mutex.js';

describe('a mutex for each key', () => {
  it('runs the work of one key one after another, in the order of the calls', async () => {
    const mutex = new KeyedMutex();
    const said: string[] = [];
    const slowly = async (name: string): Promise<void> => {
      said.push(`${name} begins`);
      await Promise.resolve();
      said.push(`${name} ends`);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => mutex.runExclusive('key', () => slowly(name))));
    expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(mutex.size).toBe(0);
  });

  it('lets no key wait for another one', async () => {
    const mutex = new KeyedMutex();
    let free = (): void => undefined;
    const held = mutex.runExclusive('held', () => new Promise<void>((resolve) => (free = resolve)));
    expect(await mutex.runExclusive('other', () => Promise.resolve('done'))).toBe('done');
    free();
    await held;
  });

  it('goes on after a failure, which only its caller sees', async () => {
    const mutex = new KeyedMutex();
    const failed = mutex.runExclusive('key', () => Promise.reject(new Error('mine')));
    const next = mutex.runExclusive('key', () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('mine');
    expect(await next).toBe('done');
    expect(mutex.size).toBe(0);
  });
});
