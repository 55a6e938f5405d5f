import { pbkdf2Sync } from 'node:crypto';
import { hash as argon2 } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { dummyHash, hashSecret, isVerifiableHash, verifySecret } from './secret-hasher.js';

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

/** The stored form of a secret, computed independently. */
function known(digest: string, secret: string, [iterations, length]: [number, number]): string {
  const salt = Buffer.from('0123456789abcdef');
  const key = pbkdf2Sync(secret, salt, iterations, length, digest);
  return `$pbkdf2-${digest}$i=${iterations},l=${length}$${base64(salt)}$${base64(key)}`;
}

describe('PBKDF2', () => {
  it('stores rounds, length, salt and key as Hydra does', async () => {
    const hash = await hashSecret('a secret', { name: 'pbkdf2', iterations: 1000 });
    const [, algorithm, parameters, salt, key] = hash.split('$');
    expect([algorithm, parameters]).toEqual(['pbkdf2-sha256', 'i=1000,l=32']);
    expect(Buffer.from(salt!, 'base64')).toHaveLength(16);
    expect(hash).not.toContain('=$');
    expect(base64(pbkdf2Sync('a secret', Buffer.from(salt!, 'base64'), 1000, 32, 'sha256'))).toBe(key);
  });

  it('uses a new salt for each hash', async () => {
    const algorithm = { name: 'pbkdf2', iterations: 10 } as const;
    expect(await hashSecret('same', algorithm)).not.toBe(await hashSecret('same', algorithm));
  });

  it.each([
    ['sha1', 20],
    ['sha256', 32],
    ['sha512', 64],
  ])('verifies hashes of %s', async (digest, length) => {
    const hash = known(digest, 'pässwörd', [777, length]);
    expect(await verifySecret('pässwörd', hash)).toBe(true);
    expect(await verifySecret('passwörd', hash)).toBe(false);
  });

  it('verifies the published vector of RFC 7914 §11', async () => {
    const key = Buffer.from('55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc', 'hex');
    expect(await verifySecret('passwd', `$pbkdf2-sha256$i=1,l=32$${base64(Buffer.from('salt'))}$${base64(key)}`)).toBe(
      true,
    );
  });

  it.each([
    '$pbkdf2-sha256$i=10,l=32$AAAA$AAAA',
    '$pbkdf2-md5$i=10,l=3$AAAA$AAAA',
    '$pbkdf2-sha256$',
    '',
    'plain',
    'abcdef',
  ])('verifies no secret against the damaged hash %j', async (hash) => {
    expect(await verifySecret('abcdef', hash)).toBe(false);
  });
});

describe('bcrypt', () => {
  const KNOWN = '$2b$04$abcdefghijklmnopqrstuu';

  it('verifies what it made, and no other secret', async () => {
    const hash = await hashSecret('a secret', { name: 'bcrypt', cost: 4 });
    expect(hash).toMatch(/^\$2b\$04\$.{53}$/);
    expect(await verifySecret('a secret', hash)).toBe(true);
    expect(await verifySecret('A secret', hash)).toBe(false);
  });

  it('verifies the published vector of the original implementation, under every revision', async () => {
    const vector = 'a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe'; // the secret is "a"
    for (const revision of ['2a', '2b', '2y']) {
      const hash = `$${revision}${vector.slice(1)}`;
      expect(await verifySecret('a', hash)).toBe(true);
      expect(await verifySecret('b', hash)).toBe(false);
    }
  });

  it('refuses secrets beyond 72 bytes instead of truncating them', async () => {
    await expect(hashSecret('x'.repeat(73), { name: 'bcrypt', cost: 4 })).rejects.toThrow('72');
    const hash = await hashSecret('x'.repeat(72), { name: 'bcrypt', cost: 4 });
    expect(await verifySecret('x'.repeat(73), hash)).toBe(false);
  });

  it('verifies no secret against a damaged hash', async () => {
    expect(await verifySecret('a', KNOWN)).toBe(false);
  });
});

describe('argon2', () => {
  it('verifies imported hashes', async () => {
    const hash = await argon2('imported', { memoryCost: 1024, timeCost: 1 });
    expect(hash).toMatch(/^\$argon2id\$/);
    expect(await verifySecret('imported', hash)).toBe(true);
    expect(await verifySecret('other', hash)).toBe(false);
    expect(await verifySecret('imported', '$argon2id$v=19$nonsense')).toBe(false);
  });
});

describe('the dummy hash', () => {
  it.each([
    [{ name: 'pbkdf2', iterations: 25_000 } as const, /^\$pbkdf2-sha256\$i=25000,l=32\$[^$]{22}\$[^$]{43}$/],
    [{ name: 'bcrypt', cost: 5 } as const, /^\$2b\$05\$.{53}$/],
  ])('has algorithm and cost of a real one and verifies nothing: %j', async (algorithm, form) => {
    const hash = dummyHash(algorithm);
    expect(hash).toMatch(form);
    expect(await verifySecret('', hash)).toBe(false);
  });

  it('has a bcrypt salt without stray bits, whatever its random bytes are: one with them would be refused at once', () => {
    // 16 bytes in 22 characters leave four bits, which must be zero.
    const canonical = /^\$2b\$08\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}$/;
    for (let i = 0; i < 200; i++) expect(dummyHash({ name: 'bcrypt', cost: 8 })).toMatch(canonical);
  });
});

describe('a hash that can be verified', () => {
  it.each([
    known('sha1', 'x', [7, 20]),
    known('sha256', 'x', [25_000, 32]),
    known('sha512', 'x', [7, 64]),
    '$2a$10$abcdefghijklmnopqrstuu5uAZ6tGzvH1qYyYyYyYyYyYyYyYyYyY',
    '$argon2id$v=19$m=19456,t=2,p=1$JMmdShk4L/6qgmQ1+orsZw$KUT65oZBsiTr69A11Oe3L33ty5TmMT6GUg5oja4v63s',
    '$argon2i$v=19$m=1024,t=1,p=1$JMmdShk4L/6qgmQ1+orsZw$KUT65oZBsiTr69A11Oe3L33ty5TmMT6GUg5oja4v63s',
  ])('%s', (hash) => {
    expect(isVerifiableHash(hash)).toBe(true);
  });

  it.each([
    ...['', 'plain', '$2a$10$short', '$argon2id$v=19$nonsense', '$argon2id$', '$pbkdf2-sha256$'],
    ...['$pbkdf2-sha224$i=10,l=3$AAAA$AAAA', '$pbkdf2-sha384$i=10,l=3$AAAA$AAAA', '$pbkdf2-md5$i=10,l=3$AAAA$AAAA'],
    ...['$pbkdf2-sha256$i=10,l=32$AAAA$AAAA', '$pbkdf2-sha256$i=9999999999,l=3$AAAA$AAAA'],
  ])('is not %j', (hash) => {
    expect(isVerifiableHash(hash)).toBe(false);
  });
});
