import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { unreadFor } from './unread.js';

/** Keeps the event loop busy. */
function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

it('counts the time that the event loop was busy since its first read in the previous turn', async () => {
  unreadFor();
  busy(30);
  await nextTurn();
  await nextTurn();
  const first = unreadFor();
  expect(first).toBeGreaterThanOrEqual(30);
  busy(5);
  expect(unreadFor()).toBeGreaterThanOrEqual(first + 5); // a later read of the same turn may have waited since then as well
});

it('does not count the time that the loop waited for input', async () => {
  unreadFor();
  await nextTurn();
  unreadFor();
  const began = performance.now();
  const { idle } = performance.eventLoopUtilization();
  await sleep(200);
  const idled = performance.eventLoopUtilization().idle - idle;
  expect(unreadFor()).toBeLessThanOrEqual(performance.now() - began - idled + 50);
});

it('does not count the work of the loop before anything that is read now can have arrived', async () => {
  unreadFor();
  busy(300);
  await sleep(300);
  expect(unreadFor()).toBeLessThan(300);
});

it('reads the real clock, also where a fake one replaces the global clock', () => {
  vi.useFakeTimers(); // the fake `performance` has no event-loop utilization
  try {
    expect(unreadFor()).toBeTypeOf('number');
  } finally {
    vi.useRealTimers();
  }
});
