/**
 * Request rates of one network address, and of one client, on the routes that invite guessing, flooding or filling of tables
 * (`rate_limits`); `Paced` marks these routes. Without a configured limit the store is not asked. All processes count
 * together.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import type { RateLimitConfiguration } from '../config/configuration.js';
import { RateLimits } from '../flow-store/rate-limits.js';
import { addressBlock } from '../http/exchange/address-block.js';
import type { Exchange } from '../http/exchange/exchange.js';
import { RouteTable } from '../http/listener/routes/route-table.js';
import { tooManyRequests } from '../protocol/oauth-error.js';
import { Paced } from './paced.js';

type Per = keyof RateLimitConfiguration;

@Injectable()
export class RequestPace {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly config: ConfigHolder,
    private readonly routes: RouteTable,
  ) {}

  /** Counts a request before it is read. @throws OAuthError 429 */
  byAddress(exchange: Exchange): Promise<void> | undefined {
    return exchange.method === 'POST' ? this.count(exchange, 'per_address', addressBlock) : undefined;
  }

  /**
   * Counts a request of an authenticated client: nobody else can use up its rate.
   * @throws OAuthError 429
   */
  byClient(exchange: Exchange, clientId: string): Promise<void> | undefined {
    return this.count(exchange, 'per_client', () => clientId);
  }

  private count(
    { listener, path, remoteAddress, arrivedAt }: Exchange,
    per: Per,
    subject: (address: string) => string,
  ): Promise<void> | undefined {
    const endpoint = this.routes.find(Paced, listener, path);
    if (!endpoint) return undefined;
    const { window, [endpoint]: limits } = this.config.current.rate_limits;
    if (limits[per] === 0) return undefined;
    const rate = { name: `${endpoint} ${per}`, limit: limits[per], windowMs: window * 1000 };
    return this.take(rate, subject(remoteAddress), arrivedAt);
  }

  private async take(rate: Parameters<RateLimits['take']>[0], subject: string, now: Date): Promise<void> {
    const { allowed, retryAfterSeconds } = await this.rateLimits.take(rate, subject, now);
    if (!allowed) throw tooManyRequests('Too many requests of this kind.', retryAfterSeconds);
  }
}
