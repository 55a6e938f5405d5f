import { describe, expect, it } from 'vitest';
import { MicroBatch } from './micro-batch.js';

/** A sender whose statements end when the test says so. */
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
  it('sends at once while a slot is free, and together what waits meanwhile', async () => {
    const gate = new Gate();
    const batch = new MicroBatch(gate.send, { slots: 1, size: 10 });
    const answers = Promise.all([1, 2, 3].map((item) => batch.run(item)));
    expect(gate.sent).toEqual([[1]]);
    await gate.finish();
    expect(gate.sent).toEqual([[1], [2, 3]]);
    await gate.finish();
    expect(await answers).toEqual(['answer 1', 'answer 2', 'answer 3']);
  });

  it('keeps to its slots and to the size of a statement', async () => {
    const gate = new Gate();
    const batch = new MicroBatch(gate.send, { slots: 2, size: 2 });
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => batch.run(item)));
    expect(gate.sent).toEqual([[1], [2]]);
    await gate.finish();
    expect(gate.sent).toEqual([[1], [2], [3, 4]]);
    await gate.finish();
    await gate.finish();
    await gate.finish();
    expect(await answers).toHaveLength(5);
  });

  it('an item that is refused takes no other one with it', async () => {
    const gate = new Gate();
    const batch = new MicroBatch(gate.send, { slots: 1, size: 10 });
    const answers = Promise.allSettled([1, 13, 3].map((item) => batch.run(item)));
    for (let i = 0; i < 4; i++) await gate.finish();
    expect(gate.sent).toEqual([[1], [13, 3], [13], [3]]);
    expect(await answers).toMatchObject([
      { value: 'answer 1' },
      { reason: new Error('refused') },
      { value: 'answer 3' },
    ]);
  });

  it('goes on after a statement that failed', async () => {
    const gate = new Gate();
    const batch = new MicroBatch(gate.send, { slots: 1, size: 10 });
    const refused = batch.run(13).catch((error: unknown) => error);
    await gate.finish();
    expect(await refused).toEqual(new Error('refused'));
    const answer = batch.run(1);
    await gate.finish();
    expect(await answer).toBe('answer 1');
  });
});
