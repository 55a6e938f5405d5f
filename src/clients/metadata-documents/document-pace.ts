/** How many documents of clients that are not known yet are fetched: all processes count together. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { type RateLimit, RateLimits } from '../../flow-store/rate-limits.js';
import { addressBlock } from '../../http/exchange/address-block.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { isLoopback } from '../../http/outbound/address-guard.js';
import { tooManyRequests } from '../../protocol/oauth-error.js';

/** The request that needs the client. */
export type Visit = Pick<Exchange, 'remoteAddress' | 'arrivedAt'>;

const WINDOW_MS = 60_000;
const OF_ADDRESS: RateLimit = { name: 'client documents by address', limit: 10, windowMs: WINDOW_MS };
const OF_ALL: RateLimit = { name: 'client documents', limit: 50, windowMs: WINDOW_MS };

@Injectable()
export class DocumentPace {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Counts one fetch. What one address may not fetch is not counted for all. In development all browsers of the machine have
   * one address, so there only the second limit holds for it.
   * @throws OAuthError 429
   */
  async admit({ remoteAddress, arrivedAt }: Visit): Promise<void> {
    const isOwn = this.config.current.dev && isLoopback(remoteAddress);
    if (!isOwn) await this.take(OF_ADDRESS, addressBlock(remoteAddress), arrivedAt);
    await this.take(OF_ALL, '', arrivedAt);
  }

  private async take(rate: RateLimit, subject: string, now: Date): Promise<void> {
    const { allowed, retryAfterSeconds } = await this.rateLimits.take(rate, subject, now);
    if (!allowed) throw tooManyRequests('Too many new clients were named by their documents.', retryAfterSeconds);
  }
}
