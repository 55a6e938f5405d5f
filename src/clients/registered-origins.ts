/**
 * Whether some client registered an origin (`allowed_cors_origins`): the rule for a preflight, which names no client. A
 * stranger may ask for any number of origins. Each costs an index look-up, which is combined with all other waiting ones, one
 * statement at a time. A positive result is cached until a client changes; a negative one is not, so that a new client works
 * at once.
 */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConfigHolder } from '../config/config-holder.js';
import type { MicroBatch } from '../database/micro-batch.js';
import { Statements } from '../database/statements.js';
import { type OriginRules, originAllowed } from '../http/listener/cors/origin-match.js';
import { Invalidation } from '../invalidation/invalidation.js';
import { FIND_ORIGINS } from './client.statements.js';
import { patternsFor } from './origin-patterns.js';

const MAX_AGE_MS = 5_000;
/** Each has at most 300 characters. */
const MAX_REMEMBERED = 1_000;
const LIMITS = { slots: 1, size: 100, waiting: 1_000 };

@Injectable()
export class RegisteredOrigins {
  private readonly known = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: MAX_AGE_MS });
  private readonly batch: MicroBatch<readonly string[], readonly string[]>;
  private changes = 0;

  constructor(
    private readonly statements: Statements,
    private readonly config: ConfigHolder,
    invalidation: Invalidation,
  ) {
    this.batch = statements.batch((asked) => this.findAll(asked), LIMITS);
    invalidation.subscribe('client', () => {
      this.changes++;
      this.known.clear();
    });
  }

  /** @throws DatabaseBusy where too many wait */
  async has(origin: string): Promise<boolean> {
    if (this.known.get(origin)) return true;
    const patterns = patternsFor(origin);
    if (patterns.length === 0) return false;
    const { changes } = this;
    const found = originAllowed(await this.batch.run(patterns), origin, this.rules);
    if (found && changes === this.changes) this.known.set(origin, true);
    return found;
  }

  private async findAll(asked: readonly (readonly string[])[]): Promise<(readonly string[])[]> {
    const patterns = [...new Set(asked.flat())];
    const rows = await this.statements.run<{ pattern: string }>(FIND_ORIGINS, [patterns]);
    const registered = new Set(rows.map(({ pattern }) => pattern));
    return asked.map((own) => own.filter((pattern) => registered.has(pattern)));
  }

  private get rules(): OriginRules {
    return { allowUnbounded: this.config.current.feature_flags.legacy_allow_insecure_origins };
  }
}
