import { beforeEach, describe, expect, it } from 'vitest';
import type { Configuration } from '../config/configuration.js';
import { ConfigHolder } from '../config/config-holder.js';
import type { Outbound, OutboundRequest } from '../http/outbound.js';
import { ClientEntity } from './client.entity.js';
import { EMPTY_METADATA } from './client-metadata.js';
import { RegisteredClient } from './registered-client.js';
import { ClientKeysUnreachable, RemoteKeySets } from './remote-key-sets.js';

const URI = 'https://client.example/jwks';
let now: number;
let answer: () => { status: number; text: string };
let asked: OutboundRequest[];

class TestedKeySets extends RemoteKeySets {
  protected override clock(): number {
    return now;
  }
}

function client(dynamically_registered?: boolean): RegisteredClient {
  const metadata = { ...EMPTY_METADATA, jwks_uri: URI, dynamically_registered };
  return new RegisteredClient(Object.assign(new ClientEntity(), { key: '1', metadata }));
}

function keySets(): RemoteKeySets {
  const outbound = {
    fetch: (request: OutboundRequest) => {
      asked.push(request);
      return Promise.resolve().then(answer);
    },
  };
  const configuration = { dev: false, clients: { http: { disallow_private_ip_ranges: false } } } as Configuration;
  return new TestedKeySets(outbound as unknown as Outbound, new ConfigHolder(configuration));
}

const serve = (...kids: string[]): void => {
  answer = () => ({ status: 200, text: JSON.stringify({ keys: kids.map((kid) => ({ kid })) }) });
};

describe('remote key sets', () => {
  beforeEach(() => {
    now = 1_000_000;
    asked = [];
    serve('a');
  });

  it('are fetched once an hour', async () => {
    const sets = keySets();
    expect(await sets.keys(client(), URI)).toEqual([{ kid: 'a' }]);
    now += 3_599_999;
    await sets.keys(client(), URI);
    expect(asked).toHaveLength(1);
    now += 1;
    await sets.keys(client(), URI);
    expect(asked).toHaveLength(2);
  });

  it('are fetched again for an unknown key, with a pause between', async () => {
    const sets = keySets();
    await sets.keys(client(), URI);
    serve('b');
    expect(await sets.refreshed(client(), URI)).toEqual([{ kid: 'b' }]);
    expect(await sets.refreshed(client(), URI)).toBeUndefined();
    now += 10_000;
    expect(await sets.refreshed(client(), URI)).toEqual([{ kid: 'b' }]);
    expect(asked).toHaveLength(3);
  });

  it('are fetched once for all who ask at the same time', async () => {
    const sets = keySets();
    await Promise.all([sets.keys(client(), URI), sets.keys(client(), URI), sets.refreshed(client(), URI)]);
    expect(asked).toHaveLength(1);
  });

  it('are fetched anew from another address', async () => {
    const sets = keySets();
    await sets.keys(client(), URI);
    await sets.keys(client(), 'https://client.example/other');
    expect(asked.map(({ url }) => url)).toEqual([URI, 'https://client.example/other']);
  });

  it.each([
    ['another status', { status: 503, text: '{"keys":[]}' }],
    ['no JSON', { status: 200, text: '<html>' }],
    ['no key set', { status: 200, text: '{"keys":{}}' }],
  ])('that are %s cannot be had, and are not asked for again at once', async (_, given) => {
    const sets = keySets();
    answer = () => given;
    await expect(sets.keys(client(), URI)).rejects.toBeInstanceOf(ClientKeysUnreachable);
    serve('a');
    await expect(sets.keys(client(), URI)).rejects.toBeInstanceOf(ClientKeysUnreachable);
    now += 10_000;
    expect(await sets.keys(client(), URI)).toEqual([{ kid: 'a' }]);
  });

  it('of a stranger are never fetched from private addresses', async () => {
    await keySets().keys(client(true), URI);
    await keySets().keys(client(false), URI);
    expect(asked.map(({ allowPrivate }) => allowPrivate)).toEqual([false, true]);
  });
});
