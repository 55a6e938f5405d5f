import { describe, expect, it } from 'vitest';
import { isReplaced } from './sentinel-watch.js';

const [OLD, NEXT] = ['10.0.0.1:6379', '10.0.0.2:6379'];

describe('a master is replaced', () => {
  it('when the Sentinel with the highest epoch names another one, whatever the others say', () => {
    const views = [
      { master: OLD, epoch: 7 },
      { master: NEXT, epoch: 8 },
      { master: OLD, epoch: 7 },
    ];
    expect(isReplaced(OLD, views)).toBe(true);
    expect(isReplaced(NEXT, views)).toBe(false);
  });

  it('not while Sentinels of the same epoch differ', () => {
    const views = [
      { master: OLD, epoch: 8 },
      { master: NEXT, epoch: 8 },
    ];
    expect([isReplaced(OLD, views), isReplaced(NEXT, views)]).toEqual([false, false]);
  });

  it('not where no Sentinel answers, or before the client has been told a master', () => {
    expect(isReplaced(OLD, [])).toBe(false);
    expect(isReplaced(undefined, [{ master: NEXT, epoch: 8 }])).toBe(false);
  });
});
