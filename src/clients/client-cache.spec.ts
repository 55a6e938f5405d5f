import { beforeEach, describe, expect, it } from 'vitest';
import { ClientCache } from './client-cache.js';
import { ClientEntity } from './client.entity.js';
import { EMPTY_METADATA } from './client-metadata.js';
import { RegisteredClient } from './registered-client.js';

const client = (clientId: string): RegisteredClient =>
  new RegisteredClient(Object.assign(new ClientEntity(), { clientId, metadata: EMPTY_METADATA }));

describe('the client cache', () => {
  let now: number;
  let cache: ClientCache;
  const read = (id: string): void => {
    cache.endRead(cache.beginRead(), id, client(id));
  };

  beforeEach(() => {
    now = 1_000;
    cache = new ClientCache(() => now, 2);
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

  it('drops the oldest beyond its size', () => {
    for (const id of ['a', 'b', 'a', 'c']) read(id);
    expect(['a', 'b', 'c'].map((id) => cache.get(id)?.clientId)).toEqual(['a', undefined, 'c']);
  });
});
