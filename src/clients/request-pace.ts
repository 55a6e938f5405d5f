/**
 * How often one network address, and one client, may ask the endpoints where somebody could guess, flood or fill tables
 * (`rate_limits`). Off where no limit is set, and then nothing is asked. All processes count together.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import type { LimitedEndpoint, RateLimitConfiguration } from '../config/configuration.js';
import { RateLimits } from '../flow-store/rate-limits.js';
import { addressBlock } from '../http/address-block.js';
import type { Exchange } from '../http/exchange.js';
import { tooManyRequests } from '../protocol/oauth-error.js';

const ENDPOINTS: Readonly<Record<string, LimitedEndpoint | undefined>> = {
  '/oauth2/token': 'token',
  '/oauth2/device/auth': 'device_authorization',
  '/oauth2/revoke': 'revocation',
  '/oauth2/introspect': 'introspection',
  '/admin/oauth2/introspect': 'introspection',
};

type Per = keyof RateLimitConfiguration;

@Injectable()
export class RequestPace {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly config: ConfigHolder,
  ) {}

  /** Counts a request before it is read. @throws OAuthError 429 */
  byAddress(exchange: Exchange): Promise<void> | undefined {
    return exchange.method === 'POST' ? this.count(exchange, 'per_address', addressBlock) : undefined;
  }

  /**
   * Counts a request of a client that has proven itself: nobody else can use up what it may do.
   * @throws OAuthError 429
   */
  byClient(exchange: Exchange, clientId: string): Promise<void> | undefined {
    return this.count(exchange, 'per_client', () => clientId);
  }

  private count(
    { path, remoteAddress, arrivedAt }: Exchange,
    per: Per,
    subject: (address: string) => string,
  ): Promise<void> | undefined {
    const endpoint = ENDPOINTS[path];
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
