import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Migrated } from '../database/migrated.js';
import type { Statements } from '../database/statements.js';
import { ReadinessChecks } from '../health/readiness-checks.js';
import { ImportLedger, type ImportedKind } from './import-ledger.js';
import type { LedgerRow } from './import-ledger.statements.js';

const KINDS: readonly ImportedKind[] = ['access_token', 'refresh_token', 'registration_token', 'use_mark'];
const NONE: LedgerRow = { under_way: false, living: [], has_refresh_tokens: false };

/** The record of a server that has started, on a database that says what `database.row` is. */
async function started(row: LedgerRow | Error) {
  const database = { row, reads: 0 };
  const run = () => {
    database.reads++;
    return database.row instanceof Error ? Promise.reject(database.row) : Promise.resolve([database.row]);
  };
  const checks = new ReadinessChecks();
  const ledger = new ImportLedger({ run } as unknown as Statements, { ready: true } as Migrated, checks);
  await ledger.onApplicationBootstrap();
  const [[, obstacle] = []] = checks.entries();
  return { ledger, database, obstacle: obstacle!, living: () => KINDS.filter((kind) => ledger.mayLive(kind)) };
}

describe('the record of an import', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('says of each kind of credential whether one may live', async () => {
    expect((await started(NONE)).living()).toEqual([]);
    expect((await started({ ...NONE, has_refresh_tokens: true })).living()).toEqual(['refresh_token']);
    expect((await started({ ...NONE, living: ['hydra_oauth2_access'] })).living()).toEqual(['access_token']);
    expect((await started({ ...NONE, living: ['hydra_client'] })).living()).toEqual(['registration_token']);
    expect((await started({ ...NONE, living: ['hydra_oauth2_jti_blacklist'] })).living()).toEqual(['use_mark']);
  });

  it('takes every kind for living until it is read, and while an import is under way', async () => {
    const { living, database } = await started(new Error('the database is away'));
    expect(living()).toEqual(KINDS);
    database.row = { ...NONE, under_way: true };
    await vi.advanceTimersByTimeAsync(1_000);
    expect(living()).toEqual(KINDS);
    database.row = NONE;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(living()).toEqual([]);
  });

  it('learns within seconds of an import that came after the start, also where nobody asks whether it is ready', async () => {
    const { living, database } = await started(NONE);
    database.row = { ...NONE, has_refresh_tokens: true };
    await vi.advanceTimersByTimeAsync(5_000);
    expect(living()).toEqual(['refresh_token']);
  });

  it('counts as it was read last while the database is away', async () => {
    const { living, database } = await started({ ...NONE, has_refresh_tokens: true });
    database.row = new Error('the database is away');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(living()).toEqual(['refresh_token']);
  });

  it('is read at once by the readiness check', async () => {
    const { database, obstacle } = await started(NONE);
    database.row = { ...NONE, under_way: true };
    expect(await obstacle()).toContain('ostiary import hydra');
    database.row = NONE;
    expect(await obstacle()).toBeUndefined();
  });

  it('is read no more once the server stops', async () => {
    const { ledger, database } = await started(NONE);
    ledger.onModuleDestroy();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(database.reads).toBe(1);
  });
});
