import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import type { Statements } from '../database/statements.js';
import type { ClientsService } from './clients.service.js';
import { UnchangedClient } from './unchanged-client.js';

describe('work while a client is locked', () => {
  /** Works on a pool of this size; `commit` ends the transaction. */
  const on = (connections: number, commit: () => Promise<void> = () => Promise.resolve()) => {
    const runner = {
      connect: () => Promise.resolve({}),
      startTransaction: () => Promise.resolve(),
      commitTransaction: commit,
      release: () => Promise.resolve(),
      manager: { query: () => Promise.resolve([]) },
    };
    return new UnchangedClient(
      { createQueryRunner: () => runner } as unknown as DataSource,
      { connections } as Statements,
      { forget: () => undefined } as unknown as ClientsService,
    );
  };

  it('returns its result, although the connection that locked the client is lost afterwards', async () => {
    const unchanged = on(10, () =>
      Promise.reject(new Error('terminating connection due to idle-in-transaction timeout')),
    );
    expect(await unchanged.during('a client', () => Promise.resolve('tokens'))).toBe('tokens');
  });

  it('fails with its own error', async () => {
    const unchanged = on(10);
    await expect(unchanged.during('a client', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });

  it('locks nothing where a change of the client would take the connection that it needs', async () => {
    const unchanged = on(2, () => Promise.reject(new Error('held')));
    expect(await unchanged.during('a client', () => Promise.resolve('tokens'))).toBe('tokens');
  });
});
