import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RequestTiming } from './request-timing.js';

describe('the timing of a request', () => {
  it('counts the answer as sent at once where the event loop had read everything before', async () => {
    const timing = new RequestTiming();
    timing.holdAnswer(0);
    await timing.answerIsDue();
    timing.answerSent();
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    expect(timing.answeredTick).toBeGreaterThanOrEqual(timing.arrivedTick);
  });

  it('counts the answer of a busy event loop as sent when all unread input has been read', async () => {
    const timing = new RequestTiming();
    timing.holdAnswer(0);
    timing.answerSent(); // no quiet event-loop turn has passed yet
    expect(timing.answeredTick).toBeUndefined();
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    expect(timing.answeredTick).toBeGreaterThanOrEqual(timing.arrivedTick);
  });

  it('is complete when its body is', () => {
    const timing = new RequestTiming();
    const head = timing.arrivedTick;
    while (performance.now() === head);
    timing.bodyArrived();
    expect(timing.arrivedTick).toBeGreaterThan(head);
    expect(timing.thereSinceTick).toBeLessThanOrEqual(timing.arrivedTick);
  });

  it('delays the answer after the request was complete where that was asked for, and no other answer', async () => {
    const [held, free] = [new RequestTiming(), new RequestTiming()];
    held.holdAnswer(30);
    await free.answerIsDue();
    await held.answerIsDue();
    expect(performance.now()).toBeGreaterThanOrEqual(held.arrivedTick + 28); // timers sometimes fire a little early
  });
});
