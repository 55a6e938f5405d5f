import { describe, expect, it } from 'vitest';
import { RecentUses } from './recent-uses.js';

const CODE = 'a code';
/** The database was queried `ms` milliseconds after it recorded the first use. */
const recorded = (ms: number) => ({ usedAt: new Date(0), judgedAt: new Date(ms) });
const LONG_AGO = { usedAt: null, judgedAt: new Date(0) };
/** A request that was complete `ms` milliseconds ago. */
const whole = (ms: number) => {
  const tick = performance.now() - ms;
  return {
    queuedTick: tick,
    thereSinceTick: tick,
    answeredTick: undefined as number | undefined,
    holdAnswer: () => undefined,
  };
};

describe('a second use by a request that saw the credential unused', () => {
  it('is a race, however often the credential was used meanwhile and however late the database answers', async () => {
    const uses = new RecentUses();
    const second = whole(5_000);
    uses.sawUnused(second);
    expect(await uses.judge(CODE, second, LONG_AGO)).toBe('race');
    expect(await uses.judge(CODE, whole(0), LONG_AGO)).toBe('replay');
  });
});

describe('a second use of a credential whose first use this process answered', () => {
  it('is a race until the first response is sent, however long that takes', async () => {
    const uses = new RecentUses();
    uses.record(CODE, whole(60_000));
    expect(await uses.judge(CODE, whole(0), recorded(50_000))).toBe('race');
  });

  it('is a race if it was complete before the first response was sent', async () => {
    const uses = new RecentUses();
    uses.record(CODE, { ...whole(5_000), answeredTick: performance.now() - 1_000 });
    expect(await uses.judge(CODE, whole(1_001), recorded(4_000))).toBe('race');
  });

  it('is a replay after the first response, even within the time that other processes are given', async () => {
    const uses = new RecentUses();
    uses.record(CODE, { ...whole(50), answeredTick: performance.now() - 20 });
    expect(await uses.judge(CODE, whole(1), recorded(40))).toBe('replay');
  });

  it('is judged by the first use if a grace period allowed several', async () => {
    const uses = new RecentUses();
    uses.record(CODE, { ...whole(50), answeredTick: performance.now() - 20 });
    uses.record(CODE, whole(10));
    expect(await uses.judge(CODE, whole(1), LONG_AGO)).toBe('replay');
  });

  it('is a race if the database reported the first use a moment later', async () => {
    const uses = new RecentUses();
    const verdict = uses.judge(CODE, whole(0), LONG_AGO);
    uses.record(CODE, whole(10));
    expect(await verdict).toBe('race');
  });
});

describe('a second use of a credential whose first use another process answered', () => {
  it.each<[string, number, number, 'race' | 'replay']>([
    ['that was complete before the first one was recorded is a race', 200, 300, 'race'],
    ['that was complete up to 100 ms after it is a race', 5_000, 4_920, 'race'],
    ['that was complete later is a replay', 5_000, 4_700, 'replay'],
    ['is judged by the clock of the database alone', 3_600_000, 0, 'replay'],
  ])('%s', async (_, askedAfter, wholeBefore, verdict) => {
    expect(await new RecentUses().judge(CODE, whole(wholeBefore), recorded(askedAfter))).toBe(verdict);
  });

  it('is a race if its bytes may have waited unread since before that', async () => {
    const { thereSinceTick } = whole(4_700);
    const late = { ...whole(4_700), thereSinceTick: thereSinceTick - 250 };
    expect(await new RecentUses().judge(CODE, late, recorded(5_000))).toBe('race');
  });

  it('is a replay if the row records a later use', async () => {
    expect(await new RecentUses().judge(CODE, whole(10), LONG_AGO)).toBe('replay');
  });
});

it('remembers only a bounded number of the latest uses', async () => {
  const uses = new RecentUses();
  uses.record(CODE, whole(0));
  for (let i = 0; i < 8_192; i++) uses.record(String(i), whole(0));
  expect(await uses.judge(CODE, whole(0), LONG_AGO)).toBe('replay');
  expect(await uses.judge('8191', whole(0), LONG_AGO)).toBe('race');
});
