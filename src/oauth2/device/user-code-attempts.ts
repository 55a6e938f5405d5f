/**
 * Counts wrong user codes by the network address of the browser (RFC 8628 §5.1), because an attacker can start one device
 * request after the other. It is off by default: behind a proxy all browsers share the address of the proxy, and one
 * attacker would lock out all of them.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { type RateLimit, RateLimits } from '../../flow-store/rate-limits.js';
import { addressBlock } from '../../http/exchange/address-block.js';

const WINDOW_MS = 600_000;

@Injectable()
export class UserCodeAttempts {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly config: ConfigHolder,
  ) {}

  /** Whether browsers of this address have used up their attempts. */
  async areUsedUp(address: string, now: Date): Promise<boolean> {
    return !(await this.rateLimits.peek(this.rate, addressBlock(address), now)).allowed;
  }

  /** Counts a wrong code. The time window begins with the first one. */
  async note(address: string, now: Date): Promise<void> {
    await this.rateLimits.take(this.rate, addressBlock(address), now);
  }

  private get rate(): RateLimit {
    const limit = this.config.current.oauth2.device_authorization.max_guesses_per_address;
    return { name: 'wrong user codes by address', limit, windowMs: WINDOW_MS };
  }
}
