import { describe, expect, it } from 'vitest';
import { randomFrom, randomOctets, randomText, uuidText, uuidV7 } from './random.js';

describe('random octets', () => {
  it('returns as many as asked for, also more than the buffer holds', () => {
    for (const count of [0, 1, 12, 13, 4095, 4096, 4097, 100_000]) expect(randomOctets(count)).toHaveLength(count);
  });

  it('never returns the same ones twice, across many refills of the buffer', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i++) seen.add(randomOctets(13).toString('hex'));
    expect(seen.size).toBe(20_000);
  });

  it('returns octets that no later call changes', () => {
    const first = randomOctets(16);
    const before = Buffer.from(first);
    for (let i = 0; i < 2_000; i++) randomOctets(16);
    expect(first.equals(before)).toBe(true);
  });

  it('returns octets of every value about equally often', () => {
    const counts = new Array<number>(256).fill(0);
    for (let i = 0; i < 16_384; i++) for (const octet of randomOctets(16)) counts[octet] = (counts[octet] ?? 0) + 1;
    // 1,024 each on average, standard deviation 32: seven standard deviations are not chance
    for (const count of counts) expect(Math.abs(count - 1_024)).toBeLessThan(7 * 32);
  });
});

describe('random texts', () => {
  it('are URL-safe and as long as their octets need', () => {
    expect(randomText(16)).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(randomText()).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('are drawn from the alphabet', () => {
    expect(randomFrom('AB', 64)).toMatch(/^[AB]{64}$/);
  });
});

describe('uuid v7', () => {
  it('begins with its time in milliseconds (RFC 9562 §5.7)', () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    const text = uuidText(uuidV7(at));
    expect(parseInt(text.replace('-', '').slice(0, 12), 16)).toBe(at.getTime());
    expect(text.charAt(14)).toBe('7');
  });
});

describe('the text of 16 bytes', () => {
  it('is made of any bytes, also of those that are no UUID by an RFC', () => {
    expect(uuidText(Buffer.alloc(16, 0xff))).toBe('ffffffff-ffff-ffff-ffff-ffffffffffff');
    expect(uuidText(Buffer.from('00112233445500770000aabbccddeeff99', 'hex'))).toBe(
      '00112233-4455-0077-0000-aabbccddeeff',
    );
  });
});
