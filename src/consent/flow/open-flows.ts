/**
 * Limits the number of open flows of one network address: strangers fill the flow store before anybody has logged in.
 * A flow counts until it would expire, because the server cannot notice that it was abandoned. The limit is off by default:
 * behind a proxy that is not trusted every browser has the address of the proxy.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { RateLimits } from '../../flow-store/rate-limits.js';
import { addressBlock } from '../../http/exchange/address-block.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { tooManyRequests } from '../../protocol/oauth-error.js';

@Injectable()
export class OpenFlows {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly config: ConfigHolder,
  ) {}

  /** Counts a new flow. @throws OAuthError 429 */
  admit(exchange: Exchange): Promise<void> | undefined {
    const { rate_limits, ttl } = this.config.current;
    const limit = rate_limits.open_flows_per_address;
    return limit === 0 ? undefined : this.count(exchange, { limit, windowMs: ttl.login_consent_request * 1000 });
  }

  private async count(
    { remoteAddress, arrivedAt }: Exchange,
    rate: { limit: number; windowMs: number },
  ): Promise<void> {
    const named = { name: 'open flows by address', ...rate };
    const { allowed, retryAfterSeconds } = await this.rateLimits.take(named, addressBlock(remoteAddress), arrivedAt);
    if (!allowed) throw tooManyRequests('Too many logins were begun from this network address.', retryAfterSeconds);
  }
}
