import { describe, expect, it } from 'vitest';
import { open, reseal, seal } from './aead.js';

const NEW = ['the-new-system-secret', 'the-old-system-secret'];
const OLD = ['the-old-system-secret'];

describe('sealing', () => {
  it('gives back what was sealed', () => {
    expect(open(NEW, 'cookie', seal(NEW, 'cookie', 'grüezi'))?.toString()).toBe('grüezi');
  });

  it('seals the same text differently each time', () => {
    expect(seal(NEW, 'cookie', 'a').equals(seal(NEW, 'cookie', 'a'))).toBe(false);
  });

  it('opens under every listed secret and seals under the first', () => {
    expect(open(NEW, 'cookie', seal(OLD, 'cookie', 'a'))?.toString()).toBe('a');
    expect(open(OLD, 'cookie', seal(NEW, 'cookie', 'a'))).toBeUndefined();
  });

  it('is bound to its purpose', () => {
    expect(open(NEW, 'flow', seal(NEW, 'cookie', 'a'))).toBeUndefined();
  });

  it('notices every altered byte and every truncation', () => {
    const sealed = seal(NEW, 'cookie', 'abc');
    for (let i = 0; i < sealed.length; i++) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(i) ^ 1, i);
      expect(open(NEW, 'cookie', altered)).toBeUndefined();
      expect(open(NEW, 'cookie', sealed.subarray(0, i))).toBeUndefined();
    }
  });

  it('is renewed under the first secret, and left as it is where that made it', () => {
    const renewed = reseal(NEW, 'cookie', seal(OLD, 'cookie', 'a')) ?? Buffer.alloc(0);
    expect(open(NEW.slice(0, 1), 'cookie', renewed)?.toString()).toBe('a');
    expect(reseal(NEW, 'cookie', renewed)).toBe(renewed);
    expect(reseal(['another-system-secret'], 'cookie', renewed)).toBeUndefined();
  });

  it('refuses to seal without a secret', () => {
    expect(() => seal([], 'cookie', 'a')).toThrow('secrets.system');
  });
});
