/**
 * Rate limits that all processes count together: how often a subject (a network address, a client, …) may do something in
 * a window, which begins with the first time. Counters are kept under keyed digests in the flow store.
 *
 * A flow store that cannot be reached limits nothing: the limit protects the server, and must not be what stops it.
 */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { hmacSha256 } from '../crypto/digest.js';
import { FLOW_STORE, type FlowStore, type StoredCount } from './flow-store.js';

export interface RateLimit {
  /** What is limited, such as `registrations by address`: counters of one name are apart from those of another. */
  name: string;
  /** So many times in a window; 0: no limit. */
  limit: number;
  windowMs: number;
}

export interface RateDecision {
  allowed: boolean;
  /** Whole seconds until the window ends, for `Retry-After`; 0 where it is allowed. */
  retryAfterSeconds: number;
}

const ALLOWED: RateDecision = { allowed: true, retryAfterSeconds: 0 };
const LOG_EVERY_MS = 60_000;
const MAX_REFUSED = 10_000;

@Injectable()
export class RateLimits {
  private readonly logger = new Logger('RateLimits');
  /** Until when a subject that used up its limit is refused, without asking the store. */
  private readonly refused = new Map<string, { until: number; limit: number }>();
  private loggedAt = -Infinity;

  constructor(
    @Inject(FLOW_STORE) private readonly store: FlowStore,
    private readonly config: ConfigHolder,
  ) {}

  /** Counts one more time, and says whether it is within the limit. One round trip; none where it was refused before. */
  async take(rate: RateLimit, subject: string, now: Date): Promise<RateDecision> {
    return this.decide(rate, subject, now, {
      ask: (key) => this.store.count(key, rate.windowMs),
      isOver: ({ count }) => count > rate.limit,
    });
  }

  /** Whether one more time would be within the limit; counts nothing. */
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
    this.remember(key.toString('base64'), { until, limit: rate.limit });
    return refusal(until, now);
  }

  /** The subject cannot be read from the key, nor guessed by whoever reads the store. */
  private key(name: string, subject: string): Buffer {
    const [secret = ''] = this.config.current.secrets.system;
    return hmacSha256(Buffer.from(secret), `rate limit\u0000${name}\u0000${subject}`);
  }

  private remember(key: string, refusal: { until: number; limit: number }): void {
    this.refused.delete(key);
    const [oldest] = this.refused.keys();
    if (this.refused.size >= MAX_REFUSED && oldest !== undefined) this.refused.delete(oldest);
    this.refused.set(key, refusal);
  }

  private async quietly<T>(now: Date, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (now.getTime() - this.loggedAt >= LOG_EVERY_MS) {
        this.loggedAt = now.getTime();
        this.logger.warn(`The flow store cannot count, and rate limits do not hold until it can: ${String(error)}`);
      }
      return undefined;
    }
  }
}

function refusal(until: number, now: Date): RateDecision {
  return { allowed: false, retryAfterSeconds: Math.max(Math.ceil((until - now.getTime()) / 1000), 1) };
}
