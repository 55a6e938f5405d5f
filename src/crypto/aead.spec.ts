import { describe, expect, it } from 'vitest';
import { unboundValue } from '../../test/support/unbound-value.js';
import { open, opened, reseal, seal } from './aead.js';
import { randomOctets } from './random.js';

const NEW = ['the-new-system-secret', 'the-old-system-secret'];
const OLD = ['the-old-system-secret'];
const HERE = { purpose: 'cookie', at: 'session' };
const ELSEWHERE = { ...HERE, at: 'another' };

describe('sealing', () => {
  it('gives back what was sealed', () => {
    expect(open(NEW, HERE, seal(NEW, HERE, 'grüezi'))?.toString()).toBe('grüezi');
  });

  it('seals the same text differently each time', () => {
    expect(seal(NEW, HERE, 'a').equals(seal(NEW, HERE, 'a'))).toBe(false);
  });

  it('opens under every listed secret and seals under the first', () => {
    expect(open(NEW, HERE, seal(OLD, HERE, 'a'))?.toString()).toBe('a');
    expect(open(OLD, HERE, seal(NEW, HERE, 'a'))).toBeUndefined();
  });

  it('is bound to its purpose', () => {
    expect(open(NEW, { ...HERE, purpose: 'flow' }, seal(NEW, HERE, 'a'))).toBeUndefined();
  });

  it('is bound to its place, whether that is a text or bytes', () => {
    expect(open(NEW, ELSEWHERE, seal(NEW, HERE, 'a'), 'accept')).toBeUndefined();
    const key = { purpose: 'flow', at: Buffer.of(1, 2, 3) };
    expect(open(NEW, { ...key, at: Buffer.of(1, 2, 4) }, seal(NEW, key, 'a'), 'accept')).toBeUndefined();
    expect(open(NEW, key, seal(NEW, key, 'a'))?.toString()).toBe('a');
  });

  it('notices every altered byte and every truncation', () => {
    const sealed = seal(NEW, HERE, 'abc');
    for (let i = 0; i < sealed.length; i++) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(i) ^ 1, i);
      for (const unboundToo of ['accept', 'refuse'] as const) {
        expect(open(NEW, HERE, altered, unboundToo)).toBeUndefined();
        expect(open(NEW, HERE, sealed.subarray(0, i), unboundToo)).toBeUndefined();
      }
    }
  });

  it('is resealed under the first secret, and left as it is where that sealed it', () => {
    const renewed = reseal(NEW, HERE, seal(OLD, HERE, 'a'), 'refuse') ?? Buffer.alloc(0);
    expect(open(NEW.slice(0, 1), HERE, renewed)?.toString()).toBe('a');
    expect(reseal(NEW, HERE, renewed, 'refuse')).toBe(renewed);
    expect(reseal(['another-system-secret'], HERE, renewed, 'accept')).toBeUndefined();
  });

  it('refuses to seal without a secret', () => {
    expect(() => seal([], HERE, 'a')).toThrow('secrets.system');
  });
});

describe('values sealed before they were bound to a place', () => {
  it('opens where it is accepted, and nowhere else', () => {
    const old = unboundValue('the-old-system-secret', 'cookie', 'a');
    expect(opened(NEW, HERE, old, 'accept')).toEqual({ plain: Buffer.from('a'), bound: false });
    expect(opened(NEW, HERE, old, 'refuse')).toBeUndefined();
    expect(open(NEW, { ...HERE, purpose: 'flow' }, old, 'accept')).toBeUndefined();
  });

  it('opens when its nonce begins like a version', () => {
    const nonce = Buffer.concat([Buffer.of(2), randomOctets(11)]);
    expect(open(NEW, HERE, unboundValue('the-old-system-secret', 'cookie', 'a', nonce), 'accept')?.toString()).toBe(
      'a',
    );
  });

  it('is bound when it is resealed, under whichever secret it was', () => {
    for (const secret of NEW) {
      const renewed = reseal(NEW, HERE, unboundValue(secret, 'cookie', 'a'), 'accept') ?? Buffer.alloc(0);
      expect(open(NEW.slice(0, 1), HERE, renewed, 'refuse')?.toString()).toBe('a');
      expect(open(NEW, ELSEWHERE, renewed, 'accept')).toBeUndefined();
    }
    expect(reseal(NEW, HERE, unboundValue('the-old-system-secret', 'cookie', 'a'), 'refuse')).toBeUndefined();
  });
});
