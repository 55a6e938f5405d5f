import { afterEach, describe, expect, it, vi } from 'vitest';
import { DatabaseBusy } from './database-busy.js';
import { MicroBatch } from './micro-batch.js';
import { DatabaseLoad } from './waiting-queue.js';

const load = (seconds: number): DatabaseLoad => new DatabaseLoad(() => seconds);
const unbounded = (): DatabaseLoad => load(0);

/** A sender whose statements end when the test tells them to. */
class Gate {
  readonly sent: (readonly number[])[] = [];
  private readonly open: (() => void)[] = [];

  readonly send = async (items: readonly number[]): Promise<string[]> => {
    this.sent.push(items);
    await new Promise<void>((resolve) => this.open.push(resolve));
    if (items.includes(13)) throw new Error('refused');
    return items.map((item) => `answer ${item}`);
  };

  async finish(): Promise<void> {
    this.open.shift()?.();
    await new Promise(setImmediate);
  }
}

describe('MicroBatch', () => {
  it('sends at once while a slot is free, and sends the waiting items together', async () => {
    const gate = new Gate();
    const batch = new MicroBatch(gate.send, unbounded(), { slots: 1, size: 10 });
    const answers = Promise.all([1, 2, 3].map((item) => batch.run(item)));
    expect(gate.sent).toEqual([[1]]);
    await gate.finish();
    expect(gate.sent).toEqual([[1], [2, 3]]);
    await gate.finish();
    expect(await answers).toEqual(['answer 1', 'answer 2', 'answer 3']);
  });

  it('keeps to its slots and to the size of a statement', async () => {
    const gate = new Gate();
    const batch = new MicroBatch(gate.send, unbounded(), { slots: 2, size: 2 });
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => batch.run(item)));
    expect(gate.sent).toEqual([[1], [2]]);
    await gate.finish();
    expect(gate.sent).toEqual([[1], [2], [3, 4]]);
    await gate.finish();
    await gate.finish();
    await gate.finish();
    expect(await answers).toHaveLength(5);
  });

  it('fails only the item that is refused', async () => {
    const gate = new Gate();
    const batch = new MicroBatch(gate.send, unbounded(), { slots: 1, size: 10 });
    const answers = Promise.allSettled([1, 13, 3].map((item) => batch.run(item)));
    for (let i = 0; i < 4; i++) await gate.finish();
    expect(gate.sent).toEqual([[1], [13, 3], [13], [3]]);
    expect(await answers).toMatchObject([
      { value: 'answer 1' },
      { reason: new Error('refused') },
      { value: 'answer 3' },
    ]);
  });

  it('continues after a statement that failed', async () => {
    const gate = new Gate();
    const batch = new MicroBatch(gate.send, unbounded(), { slots: 1, size: 10 });
    const refused = batch.run(13).catch((error: unknown) => error);
    await gate.finish();
    expect(await refused).toEqual(new Error('refused'));
    const answer = batch.run(1);
    await gate.finish();
    expect(await answer).toBe('answer 1');
  });

  describe('with a time limit', () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    it('refuses an item that has waited for too long, and does not send it afterwards', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
      const gate = new Gate();
      const batch = new MicroBatch(gate.send, load(1), { slots: 1, size: 10 });
      const first = batch.run(1);
      const late = batch.run(2).catch((error: unknown) => error);
      vi.advanceTimersByTime(600);
      const third = batch.run(3);
      vi.advanceTimersByTime(600);
      expect(await late).toEqual(new DatabaseBusy('database.max_wait'));
      await gate.finish();
      await gate.finish();
      expect(gate.sent).toEqual([[1], [3]]);
      expect(await Promise.all([first, third])).toEqual(['answer 1', 'answer 3']);
    });

    it('counts the waiting items and those that have been sent', async () => {
      const gate = new Gate();
      const counted = unbounded();
      const batch = new MicroBatch(gate.send, counted, { slots: 1, size: 10 });
      const answers = Promise.all([1, 2, 3].map((item) => batch.run(item)));
      expect([counted.waiting, counted.turns]).toEqual([2, 1]);
      await gate.finish();
      expect([counted.waiting, counted.turns]).toEqual([0, 3]);
      await gate.finish();
      await answers;
    });
  });
});
