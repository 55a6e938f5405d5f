import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

describe('turns', () => {
  it('does what has one key one after another, in the order in which it came', async () => {
    const turns = new Turns();
    const said: string[] = [];
    const slowly = async (name: string): Promise<void> => {
      said.push(`${name} begins`);
      await Promise.resolve();
      said.push(`${name} ends`);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => turns.take('key', () => slowly(name))));
    expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(turns.size).toBe(0);
  });

  it('lets no key wait for another one', async () => {
    const turns = new Turns();
    let free = (): void => undefined;
    const held = turns.take('held', () => new Promise<void>((resolve) => (free = resolve)));
    expect(await turns.take('other', () => Promise.resolve('done'))).toBe('done');
    free();
    await held;
  });

  it('goes on after a failure, which is only its own', async () => {
    const turns = new Turns();
    const failed = turns.take('key', () => Promise.reject(new Error('mine')));
    const next = turns.take('key', () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('mine');
    expect(await next).toBe('done');
    expect(turns.size).toBe(0);
  });
});
