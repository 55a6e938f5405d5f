import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaseEntity } from '../../../src/database/lease.entity.js';
import { Lease } from '../../../src/database/lease.js';
import { open, type Opened } from './connections.js';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

describe('lease', () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  const lease = (name: string, holder: string): Lease =>
    new Lease(opened.dataSource.getRepository(LeaseEntity), name, holder);

  it('has one holder at a time, which may renew it', async () => {
    const [a, b] = [lease('one', 'a'), lease('one', 'b')];
    expect(await a.hold(at(0), 60_000)).toBe(true);
    expect(await b.hold(at(1), 60_000)).toBe(false);
    expect(await a.hold(at(30), 60_000)).toBe(true);
    expect(await b.hold(at(61), 60_000)).toBe(false);
  });

  it('can be taken over after its expiry', async () => {
    const [a, b] = [lease('two', 'a'), lease('two', 'b')];
    await a.hold(at(0), 60_000);
    expect(await b.hold(at(60), 60_000)).toBe(true);
    expect(await a.hold(at(61), 60_000)).toBe(false);
  });

  it('is free at once when its holder releases it, which only the holder can', async () => {
    const [a, b] = [lease('three', 'a'), lease('three', 'b')];
    await a.hold(at(0), 60_000);
    await b.release();
    expect(await b.hold(at(1), 60_000)).toBe(false);
    await a.release();
    expect(await b.hold(at(1), 60_000)).toBe(true);
  });

  it('has one winner when many ask at the same time', async () => {
    const asked = Array.from({ length: 20 }, (_, i) => lease('four', `holder-${i}`).hold(at(0), 60_000));
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
  });

  it('does not block a lease of another name', async () => {
    expect(await lease('five', 'a').hold(at(0), 60_000)).toBe(true);
    expect(await lease('six', 'b').hold(at(0), 60_000)).toBe(true);
  });
});
