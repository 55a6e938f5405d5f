import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.js';

/** `a@1` is an entry of client a from address 1. */
function lineOf(...places: string[]): FairQueue<string> {
  const line = new FairQueue<string>();
  for (const place of places) line.add(place, askerOf(place));
  return line;
}
const askerOf = (place: string) => {
  const [client = '', address = ''] = place.replace(/#.*/, '').split('@');
  return { client, address };
};
const times = (n: number, place: string): string[] => Array.from({ length: n }, (_, i) => `${place}#${i}`);
function takenUntil(line: FairQueue<string>, place: string): number {
  for (let taken = 1; line.length > 0; taken++) if (line.take() === place) return taken;
  return Infinity;
}

describe('the fair queue', () => {
  it('returns every entry once, those of one lane in the order of their arrival', () => {
    const line = lineOf('a@1#0', 'a@1#1', 'a@1#2');
    expect([line.take(), line.take(), line.take(), line.take(), line.length]).toEqual([
      ...['a@1#0', 'a@1#1', 'a@1#2'],
      ...[undefined, 0],
    ]);
  });

  it.each([
    ['one client from one address', times(200, 'a@1'), 'b@2'],
    ['one client from the same address', times(200, 'a@1'), 'b@1'],
    ['one client from many addresses', Array.from({ length: 200 }, (_, i) => `a@${i}`), 'b@x'],
    ['many clients from one address', Array.from({ length: 200 }, (_, i) => `a${i}@1`), 'b@2'],
    ['the same client from another address', times(200, 'a@1'), 'a@2'],
  ])('lets no other client wait for a flood of %s', (_, flood, other) => {
    expect(takenUntil(lineOf(...flood, other), other)).toBeLessThanOrEqual(4);
  });

  it('drops the newest entry of the client, or of the address, with the most waiting', () => {
    const drop = (newcomer: string, ...places: string[]) => lineOf(...places).drop(askerOf(newcomer));
    expect(drop('b@1', 'a@1#0', 'a@1#1', 'c@2')).toBe('a@1#1');
    expect(drop('b@2', 'a@1', 'c@1', 'd@1')).toBe('d@1');
    expect(drop('b@2', 'a@1', 'c@2')).toBeUndefined();
    expect(drop('a@1', 'a@1#0', 'a@1#1')).toBeUndefined();
  });

  it("drops the attacker's entries of an attacked client", () => {
    const line = lineOf(...times(5, 'a@1'), 'a@2');
    expect(line.drop(askerOf('b@3'))).toBe('a@1#4');
    expect(line.drop(askerOf('a@3'))).toBe('a@1#3');
  });

  it('always drops an entry when called without a newcomer', () => {
    expect(lineOf('a@1', 'b@2').drop()).toBeDefined();
    expect(lineOf().drop()).toBeUndefined();
  });
});
