import { describe, expect, it } from 'vitest';
import { ClientEntity } from './client.entity.js';
import { EMPTY_METADATA } from './client-metadata.js';
import { RegisteredClient } from './registered-client.js';
import { VerifiedSecrets } from './verified-secrets.js';

function client(key: string, version: number, ...hashes: string[]): RegisteredClient {
  const [secretHash = null, ...rotatedSecretHashes] = hashes;
  return new RegisteredClient(
    Object.assign(new ClientEntity(), { key, version, secretHash, rotatedSecretHashes, metadata: EMPTY_METADATA }),
  );
}

describe('verified secrets', () => {
  it('remembers a secret for as long as the client has the hash it was verified with, whatever else changes', () => {
    const verified = new VerifiedSecrets();
    verified.add(client('1', 1, 'new', 'old'), 'old', 'secret');
    expect(verified.has(client('1', 1, 'new', 'old'), 'secret')).toBe(true);
    expect(verified.has(client('1', 1, 'new', 'old'), 'Secret')).toBe(false);
    expect(verified.has(client('1', 2, 'new', 'old'), 'secret')).toBe(true);
    expect(verified.has(client('1', 1, 'new'), 'secret')).toBe(false);
    expect(verified.has(client('2', 1, 'new', 'old'), 'secret')).toBe(false);
  });

  it('remembers several secrets of a client', () => {
    const verified = new VerifiedSecrets();
    const one = client('1', 1, 'a', 'b');
    verified.add(one, 'a', 'first');
    verified.add(one, 'b', 'second');
    expect([verified.has(one, 'first'), verified.has(one, 'second')]).toEqual([true, true]);
  });

  it('drops the least recently used client beyond its size', () => {
    const verified = new VerifiedSecrets(2);
    const [a, b, c] = ['a', 'b', 'c'].map((key) => client(key, 1, 'hash')) as [
      RegisteredClient,
      RegisteredClient,
      RegisteredClient,
    ];
    verified.add(a, 'hash', 's');
    verified.add(b, 'hash', 's');
    verified.has(a, 's');
    verified.add(c, 'hash', 's');
    expect([a, b, c].map((one) => verified.has(one, 's'))).toEqual([true, false, true]);
  });
});
