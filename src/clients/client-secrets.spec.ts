import { describe, expect, it, vi } from 'vitest';
import type { Configuration } from '../config/configuration.js';
import { ConfigHolder } from '../config/config-holder.js';
import * as hasher from '../crypto/secret-hasher.js';
import { OAuthError } from '../protocol/oauth-error.js';
import { ClientEntity } from './client.entity.js';
import { EMPTY_METADATA } from './client-metadata.js';
import { ClientSecrets } from './client-secrets.js';
import { RegisteredClient } from './registered-client.js';

function secretsWith(hashers: Partial<Configuration['oauth2']['hashers']> = {}): ClientSecrets {
  const defaults = { algorithm: 'pbkdf2', pbkdf2: { iterations: 10 }, bcrypt: { cost: 4 } };
  return new ClientSecrets(new ConfigHolder({ oauth2: { hashers: { ...defaults, ...hashers } } } as Configuration));
}

function client(secretHash: string | null, ...rotatedSecretHashes: string[]): RegisteredClient {
  return new RegisteredClient(
    Object.assign(new ClientEntity(), {
      ...{ key: '1', clientId: 'c', version: 1, metadata: EMPTY_METADATA },
      ...{ secretHash, rotatedSecretHashes },
    }),
  );
}

describe('client secrets', () => {
  it('verify the current and the rotated ones, and nothing else', async () => {
    const secrets = secretsWith();
    const both = client(await secrets.hash('current'), await secrets.hash('rotated'));
    expect(await secrets.verify('c', both, 'current')).toBe(true);
    expect(await secrets.verify('c', both, 'rotated')).toBe(true);
    expect(await secrets.verify('c', both, 'other')).toBe(false);
  });

  it('of another algorithm than the configured one verify still', async () => {
    const old = client(await secretsWith({ algorithm: 'bcrypt' }).hash('brought along'));
    expect(old.secretHashes[0]).toMatch(/^\$2b\$04\$/);
    expect(await secretsWith().verify('c', old, 'brought along')).toBe(true);
  });

  it('are hashed once for a version of the client', async () => {
    const secrets = secretsWith();
    const one = client(await secrets.hash('current'));
    expect(secrets.isRemembered(one, 'current')).toBe(false);
    await secrets.verify('c', one, 'current');
    const verify = vi.spyOn(hasher, 'verifySecret');
    expect(secrets.isRemembered(one, 'current')).toBe(true);
    expect(await secrets.verify('c', one, 'current')).toBe(true);
    expect(verify).not.toHaveBeenCalled();
    verify.mockRestore();
  });

  it('asked for twice at the same time are hashed once, right or wrong', async () => {
    const secrets = secretsWith();
    const one = client(await secrets.hash('current'));
    for (const [who, secret] of [
      [one, 'current'],
      [one, 'wrong'],
      [undefined, 'any'],
    ] as const) {
      const [first, second] = [secrets.verify('c', who, secret), secrets.verify('c', who, secret)];
      expect(first).toBe(second);
      await first;
    }
  });

  it('of an unknown client are compared with a hash of the configured algorithm and cost', async () => {
    for (const [algorithm, form] of [
      ['pbkdf2', /^\$pbkdf2-sha256\$i=10,l=32\$/],
      ['bcrypt', /^\$2b\$04\$/],
    ] as const) {
      const secrets = secretsWith({ algorithm });
      const verify = vi.spyOn(hasher, 'verifySecret');
      expect(await secrets.verify('nobody', undefined, 'secret')).toBe(false);
      expect(await secrets.verify('c', client(null), 'secret')).toBe(false);
      expect(verify.mock.calls).toEqual([
        ['secret', expect.stringMatching(form)],
        ['secret', expect.stringMatching(form)],
      ]);
      verify.mockRestore();
    }
  });

  it('beyond the queue are refused with 503 and Retry-After', async () => {
    const secrets = secretsWith();
    const attempts = Array.from({ length: 300 }, (_, i) => secrets.verify('c', undefined, `secret ${i}`));
    const outcomes = await Promise.all(attempts.map((one) => one.catch((error: unknown) => error)));
    const error = outcomes.find((one) => one instanceof OAuthError);
    expect([error!.status, error!.code, error!.headers]).toEqual([
      503,
      'temporarily_unavailable',
      { 'Retry-After': '1' },
    ]);
  });
});
