import { describe, expect, it } from 'vitest';
import { readRows, sumOfTallies, tallyOf } from './tally.js';

const early = new Date('2026-01-01T00:00:00Z');
const late = new Date('2027-01-01T00:00:00Z');

describe('tallies', () => {
  const tally = tallyOf([
    { rows: [], adapted: ['a scope'], liveUntil: late },
    { rows: [], adapted: ['a scope', 'a name'], liveUntil: early },
    { leftOut: 'expired' },
    { leftOut: 'expired', warnings: ['one key'] },
  ]);

  it('count by reason, and keep the latest end', () => {
    expect(tally).toEqual({
      imported: 2,
      adapted: { 'a scope': 2, 'a name': 1 },
      leftOut: { expired: 2 },
      liveUntil: late,
      warnings: ['one key'],
    });
    expect(readRows(tally)).toBe(4);
  });

  it('add up, and no end is later than any', () => {
    const endless = tallyOf([{ rows: [], liveUntil: 'infinity' }, { leftOut: 'spent' }]);
    expect(sumOfTallies(tally, endless)).toEqual({
      imported: 3,
      adapted: { 'a scope': 2, 'a name': 1 },
      leftOut: { expired: 2, spent: 1 },
      liveUntil: 'infinity',
      warnings: ['one key'],
    });
  });
});
