/**
 * The work of `janitor`. Hydra goes by age alone, and so deletes live tokens of clients whose lifespans are longer than
 * the configured one. Here a row is deleted when it has expired and is older than the given age.
 */
import type { DataSource } from 'typeorm';
import type { Configuration } from '../../config/configuration.js';
import { attachedBuckets } from '../../database/bucket-partitions.js';
import { hasBegun } from '../../database/buckets.js';
import { deleteEnded, type DeletionBounds } from '../../database/maintenance/delete-ended.js';
import type { Sweep } from '../../database/maintenance/walking-sweep.js';
import { sweepFlows } from '../../flow-store/sweep-flows.js';
import { accessTokens, GRANTS, IMPORTED_REFRESH_TOKENS, REFRESH_CHAINS } from '../../oauth2/issuance/grant.sweeps.js';
import { CONSENTS } from '../../sweeps.js';
import { TRUSTED_ISSUERS } from '../../trust/trusted-issuer.sweep.js';
import { requireMigrated } from '../require-migrated.js';

export interface JanitorOptions {
  tokens?: boolean;
  requests?: boolean;
  grants?: boolean;
  limit: number;
  batchSize: number;
  /** In seconds, like all durations here. */
  keepIfYounger: number;
  /** 0 stands for the configured lifespan, as in Hydra. */
  accessLifespan?: number;
  refreshLifespan?: number;
  consentRequestLifespan?: number;
}

/** Prints a line on stdout for each table that it cleans up. @throws errors of the database; finished deletions stay */
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
    const imported = await this.sweep(IMPORTED_REFRESH_TOKENS, this.bounds(lifespan));
    if (imported > 0) tell('refresh tokens of Hydra whose successors ended', imported);
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

  /** The partitions that can hold expired rows, oldest first; they share one limit. */
  private async accessTokens(bounds: DeletionBounds): Promise<number> {
    let total = 0;
    for (const bucket of await attachedBuckets(this.database, 'access_token')) {
      if (!hasBegun(bucket, this.now) || total >= bounds.limit) continue;
      total += await this.sweep(accessTokens(bucket), { ...bounds, limit: bounds.limit - total });
    }
    return total;
  }

  /** The start of a flow is not recorded, but it lies before its end. */
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

  /** @param lifespan in seconds */
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
