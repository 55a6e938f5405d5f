import { describe, expect, it, vi } from 'vitest';
import type { Configuration } from '../config/configuration.js';
import { ConfigHolder } from '../config/config-holder.js';
import * as hasher from '../crypto/secret-hasher.js';
import { OAuthError } from '../protocol/oauth-error.js';
import { ClientEntity } from './client.entity.js';
import { EMPTY_METADATA } from './client-metadata.js';
import { ClientSecrets } from './client-secrets.js';
import { RegisteredClient } from './registered-client.js';

const ADMIN = { dynamic: false };
const ADDRESS = '192.0.2.1';

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

const keyed = (key: string): RegisteredClient =>
  new RegisteredClient(Object.assign(new ClientEntity(), client(null).entity, { key, clientId: key }));
const victim = keyed('v');

describe('client secrets', () => {
  it('verify the current and the rotated ones, and nothing else', async () => {
    const secrets = secretsWith();
    const both = client(await secrets.hash('current', ADMIN), await secrets.hash('rotated', ADMIN));
    expect(await secrets.verify('c', both, 'current', ADDRESS)).toBe(true);
    expect(await secrets.verify('c', both, 'rotated', ADDRESS)).toBe(true);
    expect(await secrets.verify('c', both, 'other', ADDRESS)).toBe(false);
  });

  it('of another algorithm than the configured one still verify', async () => {
    const old = client(await secretsWith({ algorithm: 'bcrypt' }).hash('brought along', ADMIN));
    expect(old.secretHashes[0]).toMatch(/^\$2b\$04\$/);
    expect(await secretsWith().verify('c', old, 'brought along', ADDRESS)).toBe(true);
  });

  it('are hashed once for each version of the client', async () => {
    const secrets = secretsWith();
    const one = client(await secrets.hash('current', ADMIN));
    expect(secrets.isRemembered(one, 'current')).toBe(false);
    await secrets.verify('c', one, 'current', ADDRESS);
    const verify = vi.spyOn(hasher, 'verifySecret');
    expect(secrets.isRemembered(one, 'current')).toBe(true);
    expect(await secrets.verify('c', one, 'current', ADDRESS)).toBe(true);
    expect(verify).not.toHaveBeenCalled();
    verify.mockRestore();
  });

  it('verified twice at the same time are hashed once, right or wrong', async () => {
    const secrets = secretsWith();
    const one = client(await secrets.hash('current', ADMIN));
    for (const [who, secret] of [
      [one, 'current'],
      [one, 'wrong'],
      [undefined, 'any'],
    ] as const) {
      const [first, second] = [secrets.verify('c', who, secret, ADDRESS), secrets.verify('c', who, secret, ADDRESS)];
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
      expect(await secrets.verify('nobody', undefined, 'secret', ADDRESS)).toBe(false);
      expect(await secrets.verify('c', client(null), 'secret', ADDRESS)).toBe(false);
      expect(verify.mock.calls).toEqual([
        ['secret', expect.stringMatching(form)],
        ['secret', expect.stringMatching(form)],
      ]);
      verify.mockRestore();
    }
  });

  it('beyond the queue are refused with 503 and Retry-After', async () => {
    const secrets = secretsWith();
    const attempts = Array.from({ length: 300 }, (_, i) => secrets.verify('c', undefined, `secret ${i}`, ADDRESS));
    const outcomes = await Promise.all(attempts.map((one) => one.catch((error: unknown) => error)));
    const error = outcomes.find((one) => one instanceof OAuthError);
    expect([error!.status, error!.code, error!.headers]).toEqual([
      503,
      'temporarily_unavailable',
      { 'Retry-After': '1' },
    ]);
  });

  /** More simultaneous requests than may wait. */
  const FLOOD = 500;

  it.each<[string, (i: number) => [string, RegisteredClient | undefined, string]]>([
    ['unknown clients from many addresses', (i) => [`nobody${i}`, undefined, `198.51.100.${i % 250}`]],
    ['unknown clients from the address of the good one', (i) => [`nobody${i}`, undefined, ADDRESS]],
    ['one client from one address', () => ['v', victim, '198.51.100.1']],
    ['one client from many addresses', (i) => ['v', victim, `198.51.${i % 250}.1`]],
    ['one client from the address of the good one', () => ['v', victim, ADDRESS]],
    ['many clients from one address', (i) => [`v${i}`, keyed(`v${i}`), '198.51.100.1']],
  ])('of others are served during a flood with wrong ones for %s', async (_, attempt) => {
    const secrets = secretsWith({ pbkdf2: { iterations: 1_000 } });
    const good = client(await secrets.hash('good', ADMIN));
    let answered = 0;
    const flood = Array.from({ length: FLOOD }, (_, i) => {
      const [id, who, address] = attempt(i);
      return secrets
        .verify(id, who, `wrong ${i}`, address)
        .catch((error: unknown) => error)
        .finally(() => answered++);
    });
    await new Promise(setImmediate);
    const refused = answered;
    expect(await secrets.verify('c', good, 'good', ADDRESS)).toBe(true);
    expect(answered - refused, 'served before').toBeLessThan(20);
    expect(await secrets.hash('new', { dynamic: true })).toMatch(/^\$pbkdf2/);
    expect(answered - refused, 'served before a newcomer').toBeLessThan(40);
    const outcomes = await Promise.all(flood);
    expect(outcomes.filter((outcome) => outcome === false).length).toBeGreaterThan(200);
  });
});
