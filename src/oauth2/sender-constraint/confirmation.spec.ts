import { describe, expect, it } from 'vitest';
import { Confirmation } from './confirmation.js';

const DIGEST = Buffer.alloc(32, 7);
const TEXT = DIGEST.toString('base64url');

describe('a confirmation', () => {
  it('of a key is one byte and its thumbprint, and the claim jkt', () => {
    const key = Confirmation.ofKey(DIGEST);
    expect(key.bytes).toEqual(Buffer.concat([Buffer.of(1), DIGEST]));
    expect(key.claim).toEqual({ jkt: TEXT });
    expect(key.kind).toBe('jwk thumbprint');
  });

  it('of a certificate is one byte and its digest, and the claim x5t#S256', () => {
    const certificate = Confirmation.ofCertificate(DIGEST);
    expect(certificate.bytes).toEqual(Buffer.concat([Buffer.of(2), DIGEST]));
    expect(certificate.claim).toEqual({ 'x5t#S256': TEXT });
    expect(certificate.kind).toBe('certificate digest');
  });

  it('equals the same digest of the same kind', () => {
    const key = Confirmation.ofKey(DIGEST);
    expect(key.equals(Confirmation.read(key.bytes))).toBe(true);
    for (const other of [Confirmation.ofKey(Buffer.alloc(32)), Confirmation.ofCertificate(DIGEST), undefined]) {
      expect(key.equals(other)).toBe(false);
    }
  });

  it('is absent where nothing is bound', () => {
    expect(Confirmation.read(null)).toBeUndefined();
  });

  it.each([
    ['an unknown kind', Buffer.concat([Buffer.of(3), DIGEST])],
    ['too few bytes', Buffer.concat([Buffer.of(1), DIGEST.subarray(1)])],
    ['too many bytes', Buffer.concat([Buffer.of(1), DIGEST, Buffer.of(0)])],
    ['no bytes', Buffer.alloc(0)],
  ])('of %s is never taken for none', (_, stored) => {
    expect(() => Confirmation.read(stored)).toThrow('unknown kind');
  });

  it('takes digests of 32 bytes only', () => {
    expect(() => Confirmation.ofKey(Buffer.alloc(20))).toThrow('32 bytes');
  });
});
