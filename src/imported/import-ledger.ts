import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Migrated } from '../database/migrated.js';
import { Statements } from '../database/statements.js';
import { ReadinessChecks } from '../health/readiness-checks.js';
import { type LedgerRow, READ_LEDGER } from './import-ledger.statements.js';

/** The kinds of Hydra's credentials that this server accepts. */
export type ImportedKind = 'access_token' | 'refresh_token' | 'registration_token' | 'use_mark';

/** A server that was up before the import refuses tokens of Hydra no longer than that: a client gives up a refused one. */
const EVERY_MS = 5_000;
const EVERY_MS_UNDER_WAY = 1_000;
/** The tables of Hydra that say until when credentials live. */
const SOURCE: Record<Exclude<ImportedKind, 'refresh_token'>, string> = {
  access_token: 'hydra_oauth2_access',
  registration_token: 'hydra_client',
  use_mark: 'hydra_oauth2_jti_blacklist',
};
const UNDER_WAY =
  'An import from Hydra has begun and not finished: run the same "ostiary import hydra" again, it goes on where it ended.';

/**
 * Knows which credentials of Hydra may still live, so that nobody looks for those of which none is left. The answer costs
 * no query: the record of the import is read at the start and from time to time.
 */
@Injectable()
export class ImportLedger implements OnApplicationBootstrap, OnModuleDestroy {
  /** Undefined until the first read: until then every credential may live. */
  private row: LedgerRow | undefined;
  private reading: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly statements: Statements,
    private readonly migrated: Migrated,
    checks: ReadinessChecks,
  ) {
    checks.add('import', async () => ((await this.isUnderWay()) ? UNDER_WAY : undefined));
  }

  /** Reads before the first request where the database is migrated. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.migrated.ready) await this.look();
    else void this.migrated.whenReady.then(() => this.look());
  }

  onModuleDestroy(): void {
    this.stopping = true;
    clearTimeout(this.timer);
  }

  /** Whether a credential of this kind that Hydra issued may be accepted. */
  mayLive(kind: ImportedKind): boolean {
    if (!this.row || this.row.under_way) return true;
    return kind === 'refresh_token' ? this.row.has_refresh_tokens : this.row.living.includes(SOURCE[kind]);
  }

  /** Whether an import has begun and not finished, as the database says now. */
  async isUnderWay(): Promise<boolean> {
    await this.read();
    return this.row?.under_way === true;
  }

  private async look(): Promise<void> {
    await this.read().catch(() => undefined); // what was read last counts until the database answers again
    if (this.stopping) return;
    const pause = this.row && !this.row.under_way ? EVERY_MS : EVERY_MS_UNDER_WAY;
    this.timer = setTimeout(() => void this.look(), pause).unref();
  }

  private read(): Promise<void> {
    this.reading ??= this.statements
      .run<LedgerRow>(READ_LEDGER, [])
      .then(([row]) => {
        this.row = row;
      })
      .finally(() => {
        this.reading = undefined;
      });
    return this.reading;
  }
}
