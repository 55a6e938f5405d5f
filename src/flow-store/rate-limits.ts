/**
 * Rate limits that all processes count together: how often a subject (a network address, a client, …) may do something in
 * a window. The window begins with the first use. The flow store keeps the counters under keyed digests.
 *
 * While the flow store cannot be reached, nothing is limited: a limit protects the server and must not stop it.
 */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConfigHolder } from '../config/config-holder.js';
import { hmacSha256 } from '../crypto/digest.js';
import { FLOW_STORE, type FlowStore, type StoredCount } from './flow-store.js';

export interface RateLimit {
  /** What is limited, such as `registrations by address`. Limits of different names have separate counters. */
  name: string;
  /** Allowed uses in a window; 0: no limit. */
  limit: number;
  windowMs: number;
}

interface RateDecision {
  allowed: boolean;
  /** Whole seconds until the window ends, for `Retry-After`; 0 where the use is allowed. */
  retryAfterSeconds: number;
}

const ALLOWED: RateDecision = { allowed: true, retryAfterSeconds: 0 };
const LOG_EVERY_MS = 60_000;
const MAX_REFUSED = 10_000;

@Injectable()
export class RateLimits {
  private readonly logger = new Logger('RateLimits');
  /** Subjects that have used up their limit: until the window ends they are refused without a read of the store. */
  private readonly refused = new LRUCache<string, { until: number; limit: number }>({ max: MAX_REFUSED });
  private loggedAt = -Infinity;

  constructor(
    @Inject(FLOW_STORE) private readonly store: FlowStore,
    private readonly config: ConfigHolder,
  ) {}

  /** Counts one use and decides whether it is within the limit. One round trip; none for a subject refused before. */
  async take(rate: RateLimit, subject: string, now: Date): Promise<RateDecision> {
    return this.decide(rate, subject, now, {
      ask: (key) => this.store.count(key, rate.windowMs),
      isOver: ({ count }) => count > rate.limit,
    });
  }

  /** Whether one more use would be within the limit; counts nothing. */
  async peek(rate: RateLimit, subject: string, now: Date): Promise<RateDecision> {
    return this.decide(rate, subject, now, {
      ask: (key) => this.store.counted(key),
      isOver: ({ count }) => count >= rate.limit,
    });
  }

  private async decide(
    rate: RateLimit,
    subject: string,
    now: Date,
    question: { ask: (key: Buffer) => Promise<StoredCount | undefined>; isOver: (counted: StoredCount) => boolean },
  ): Promise<RateDecision> {
    if (rate.limit <= 0) return ALLOWED;
    const key = this.key(rate.name, subject);
    const known = this.refused.get(key.toString('base64'));
    if (known && known.until > now.getTime() && rate.limit <= known.limit) return refusal(known.until, now);
    const counted = await this.quietly(now, () => question.ask(key));
    if (!counted || !question.isOver(counted)) return ALLOWED;
    const until = now.getTime() + counted.remainingMs;
    this.refused.set(key.toString('base64'), { until, limit: rate.limit });
    return refusal(until, now);
  }

  /** A keyed digest: a reader of the store cannot compute the subject from the key, nor test guesses. */
  private key(name: string, subject: string): Buffer {
    const [secret = ''] = this.config.current.secrets.system;
    return hmacSha256(Buffer.from(secret), `rate limit\u0000${name}\u0000${subject}`);
  }

  private async quietly<T>(now: Date, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (now.getTime() - this.loggedAt >= LOG_EVERY_MS) {
        this.loggedAt = now.getTime();
        this.logger.warn(
          `The flow store fails to count: rate limits do not apply until it works again. ${String(error)}`,
        );
      }
      return undefined;
    }
  }
}

function refusal(until: number, now: Date): RateDecision {
  return { allowed: false, retryAfterSeconds: Math.max(Math.ceil((until - now.getTime()) / 1000), 1) };
}
