/**
 * What `janitor` does. The reference goes by age alone and deletes live tokens of clients whose lifespans are longer than
 * the configured one. Here a row goes when it has ended by its own expiry and is as old as the command was told.
 */
import type { DataSource } from 'typeorm';
import type { Configuration } from '../../config/configuration.js';
import { attachedBuckets } from '../../database/bucket-keeper.js';
import { hasBegun } from '../../database/buckets.js';
import { deleteEnded, type DeletionBounds } from '../../database/keeping/delete-ended.js';
import { accessTokens, CONSENTS, GRANTS, REFRESH_CHAINS, TRUSTED_ISSUERS } from '../../database/keeping/sweeps.js';
import type { Sweep } from '../../database/keeping/walking-sweep.js';
import { sweepFlows } from '../../flow-store/sweep-flows.js';
import { requireMigrated } from '../require-migrated.js';

export interface JanitorOptions {
  tokens?: boolean;
  requests?: boolean;
  grants?: boolean;
  limit: number;
  batchSize: number;
  /** Seconds, as all durations here. */
  keepIfYounger: number;
  /** 0 is the configured one, as in the reference. */
  accessLifespan?: number;
  refreshLifespan?: number;
  consentRequestLifespan?: number;
}

/** Prints a line on stdout for each thing that it cleared. @throws what the database says; what was deleted stays so */
export async function cleanUp(
  database: DataSource,
  ttl: Configuration['ttl'],
  options: JanitorOptions,
  now = new Date(),
): Promise<void> {
  await requireMigrated(database);
  const janitor = new Janitor(database, options, now);
  if (options.tokens) await janitor.tokens(ttl);
  if (options.requests) await janitor.requests(ttl);
  if (options.grants) await janitor.trustedIssuers();
}

class Janitor {
  constructor(
    private readonly database: DataSource,
    private readonly options: JanitorOptions,
    private readonly now: Date,
  ) {}

  async tokens({ access_token, refresh_token }: Configuration['ttl']): Promise<void> {
    const { accessLifespan, refreshLifespan } = this.options;
    tell('access tokens', await this.accessTokens(this.bounds(accessLifespan || access_token)));
    const lifespan = refreshLifespan || refresh_token;
    if (lifespan < 0) {
      print('Refresh tokens never expire (ttl.refresh_token is -1): none was looked at.');
      return;
    }
    tell('refresh tokens', await this.sweep(REFRESH_CHAINS, this.bounds(lifespan)));
    tell('grants without tokens', await this.sweep(GRANTS, this.bounds(lifespan)));
  }

  async requests({ login_consent_request }: Configuration['ttl']): Promise<void> {
    const bounds = this.bounds(this.options.consentRequestLifespan || login_consent_request);
    tell('login and consent requests', await this.flows(bounds));
    tell('consents', await this.sweep(CONSENTS, bounds));
  }

  async trustedIssuers(): Promise<void> {
    const before = this.cutOff(0);
    tell('trusted issuers', await this.sweep(TRUSTED_ISSUERS, { ...this.bounds(0), now: before }));
  }

  /** The partitions that can hold ended ones, oldest first; the limit is one for all. */
  private async accessTokens(bounds: DeletionBounds): Promise<number> {
    let total = 0;
    for (const bucket of await attachedBuckets(this.database, 'access_token')) {
      if (!hasBegun(bucket, this.now) || total >= bounds.limit) continue;
      total += await this.sweep(accessTokens(bucket), { ...bounds, limit: bounds.limit - total });
    }
    return total;
  }

  /** When a flow began is not recorded; it was before its end. */
  private async flows({ now, before, limit, batchSize }: DeletionBounds): Promise<number> {
    for (let total = 0; ;) {
      const most = Math.min(batchSize, limit - total);
      const deleted = await sweepFlows(this.database, { now, endedBefore: before, limit: most });
      total += deleted;
      if (deleted < most || total === limit) return total;
    }
  }

  private sweep(sweep: Sweep, bounds: DeletionBounds): Promise<number> {
    return deleteEnded(this.database, sweep, bounds);
  }

  private bounds(lifespan: number): DeletionBounds {
    const { limit, batchSize } = this.options;
    return { now: this.now, before: this.cutOff(lifespan), limit, batchSize };
  }

  /** @param lifespan seconds */
  private cutOff(lifespan: number): Date {
    return new Date(this.now.getTime() - Math.max(lifespan, this.options.keepIfYounger) * 1000);
  }
}

function tell(what: string, deleted: number): void {
  print(`Deleted ${deleted} ${what}.`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
