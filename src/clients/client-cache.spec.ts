import { beforeEach, describe, expect, it } from 'vitest';
import { ClientCache } from './client-cache.js';
import { ClientEntity } from './client.entity.js';
import { type ClientMetadata, EMPTY_METADATA } from './client-metadata.js';
import { RegisteredClient } from './registered-client.js';

const client = (clientId: string, metadata: Partial<ClientMetadata> = {}): RegisteredClient =>
  new RegisteredClient(Object.assign(new ClientEntity(), { clientId, metadata: { ...EMPTY_METADATA, ...metadata } }));

describe('the client cache', () => {
  let now: number;
  let cache: ClientCache;
  const read = (id: string): void => {
    cache.endRead(cache.beginRead(), id, client(id));
  };

  beforeEach(() => {
    now = 1_000;
    cache = new ClientCache(() => now, { clients: 2, bytes: 2 ** 20 });
  });

  it('serves a client for five seconds from the beginning of the read', () => {
    const ticket = cache.beginRead();
    now += 1_000;
    cache.endRead(ticket, 'a', client('a'));
    now += 3_999;
    expect(cache.get('a')?.clientId).toBe('a');
    now += 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it('forgets a client at once', () => {
    read('a');
    cache.forget('a');
    expect(cache.get('a')).toBeUndefined();
  });

  it('does not keep what was read before a write was announced', () => {
    const ticket = cache.beginRead();
    cache.forget('a');
    cache.endRead(ticket, 'a', client('a'));
    expect(cache.get('a')).toBeUndefined();
  });

  it('forgets a client that a later read no longer finds', () => {
    read('a');
    cache.endRead(cache.beginRead(), 'a', undefined);
    expect(cache.get('a')).toBeUndefined();
  });

  it('drops the oldest clients beyond its size', () => {
    for (const id of ['a', 'b', 'a', 'c']) read(id);
    expect(['a', 'b', 'c'].map((id) => cache.get(id)?.clientId)).toEqual(['a', undefined, 'c']);
  });

  it('holds as many bytes as it may, whatever the clients are like', () => {
    const bytes = 2 ** 20;
    const large = new ClientCache(() => now, { clients: 1_000, bytes });
    const documents: Partial<ClientMetadata>[] = [
      { metadata: Array.from({ length: 500 }, () => ({})) },
      { redirect_uris: Array.from({ length: 500 }, (_, i) => `https://app.example/${i}`) },
      { scope: Array.from({ length: 500 }, (_, i) => `scope${i}`).join(' ') },
      { client_uri: `https://app.example/${'x'.repeat(10_000)}` },
    ];
    for (let i = 0; i < 1_200; i++) {
      large.endRead(large.beginRead(), `c${i}`, client(`c${i}`, documents[i % documents.length]));
    }
    expect(large.counts.bytes).toBeLessThanOrEqual(bytes);
    expect(large.counts.size).toBeGreaterThan(10);
    expect(large.get('c1199')?.clientId).toBe('c1199');
  });

  it('holds as many of 1,200 clients with the largest documents as it may', () => {
    const large = new ClientCache(() => now);
    for (let i = 0; i < 1_200; i++) {
      const metadata = i % 2 ? { name: 'x'.repeat(2 ** 20) } : Array.from({ length: 2 ** 14 }, () => [i]);
      large.endRead(large.beginRead(), `c${i}`, client(`c${i}`, { metadata }));
    }
    expect(large.counts.bytes).toBeLessThanOrEqual(64 * 2 ** 20);
    expect(large.counts.size).toBeGreaterThan(20);
  });

  it('does not keep a client that would push out many others', () => {
    read('a');
    cache.endRead(cache.beginRead(), 'b', client('b', { client_uri: 'x'.repeat(2 ** 16) }));
    expect(['a', 'b'].map((id) => cache.get(id)?.clientId)).toEqual(['a', undefined]);
  });

  it('drops a client that has grown too large', () => {
    read('a');
    cache.endRead(cache.beginRead(), 'a', client('a', { client_uri: 'x'.repeat(2 ** 16) }));
    expect(cache.get('a')).toBeUndefined();
  });
});
