import { describe, expect, it } from 'vitest';
import type { ClientProof } from '../../clients/authentication/client-proof.js';
import type { ClientEntity } from '../../clients/client.entity.js';
import type { ClientsService } from '../../clients/clients.service.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { UnchangedClient } from '../../clients/unchanged-client.js';
import { invalidClient } from '../../protocol/oauth-error.js';
import { FreshClients } from './fresh-clients.js';
import { StaleClient } from './authorized-access.js';

const version = (number: number): RegisteredClient =>
  new RegisteredClient({
    clientId: 'shop',
    version: number,
    rotatedSecretHashes: [],
    metadata: {},
  } as unknown as ClientEntity);

/** Clients whose version rises by one with every read. */
function stand(holdsFor: ClientProof['holdsFor'] = (client) => Promise.resolve(client ?? version(-1))) {
  const seen = { asked: 0, forgotten: 0, held: 0, versions: [] as number[] };
  let current = 1;
  const clients = {
    find: () => Promise.resolve(version(++current)),
    forget: () => {
      seen.forgotten++;
    },
  } as unknown as ClientsService;
  const unchanged = {
    during: (_: string, work: () => Promise<unknown>) => {
      seen.held++;
      return work();
    },
  } as unknown as UnchangedClient;
  const proof: ClientProof = {
    client: version(1),
    holdsFor: (client) => {
      seen.asked++;
      return holdsFor(client);
    },
  };
  /** The attempt succeeds from this version on. */
  const serve = (from: number) =>
    new FreshClients(clients, unchanged).withFreshClient(proof, (client) => {
      seen.versions.push(client.version);
      return client.version < from ? Promise.reject(new StaleClient('shop')) : Promise.resolve(client.version);
    });
  return { serve, seen };
}

describe('withFreshClient', () => {
  it('reads nothing if the client has not changed', async () => {
    const { serve, seen } = stand();
    expect(await serve(1)).toBe(1);
    expect(seen).toEqual({ asked: 0, forgotten: 0, held: 0, versions: [1] });
  });

  it('reads a stale client again and checks that the proof holds for it', async () => {
    const { serve, seen } = stand();
    expect(await serve(2)).toBe(2);
    expect(seen).toEqual({ asked: 1, forgotten: 1, held: 0, versions: [1, 2] });
  });

  it('locks the client for the last attempt, and reads it once more', async () => {
    const { serve, seen } = stand();
    expect(await serve(3)).toBe(3);
    expect(seen).toEqual({ asked: 2, forgotten: 2, held: 1, versions: [1, 2, 3] });
  });

  it('is 503 and not 500 if the client changes even then', async () => {
    await expect(stand().serve(99)).rejects.toMatchObject({ code: 'temporarily_unavailable', status: 503 });
  });

  it('makes no further attempt if the proof does not hold', async () => {
    const { serve, seen } = stand(() => Promise.reject(invalidClient('The secret was rotated.')));
    await expect(serve(2)).rejects.toMatchObject({ code: 'invalid_client' });
    expect(seen.versions).toEqual([1]);
  });

  it('passes on every other error', async () => {
    const { serve, seen } = stand(() => Promise.reject(new Error('broken')));
    await expect(serve(2)).rejects.toThrow('broken');
    expect(seen.versions).toEqual([1]);
  });
});
