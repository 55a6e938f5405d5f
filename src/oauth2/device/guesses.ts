/**
 * Wrong user codes counted by the network address of the browser (RFC 8628 §5.1): somebody who guesses begins one
 * request after the other. Off unless it is configured, for behind a proxy every browser has the proxy's address, and
 * one who guesses would lock out all.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { type RateLimit, RateLimits } from '../../flow-store/rate-limits.js';
import { addressBlock } from '../../http/address-block.js';

const WINDOW_MS = 600_000;

@Injectable()
export class Guesses {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly config: ConfigHolder,
  ) {}

  /** Whether browsers of this address have guessed as often as they may. */
  async areUsedUp(address: string, now: Date): Promise<boolean> {
    return !(await this.rateLimits.peek(this.rate, addressBlock(address), now)).allowed;
  }

  /** Notes a wrong code. The window begins with the first. */
  async note(address: string, now: Date): Promise<void> {
    await this.rateLimits.take(this.rate, addressBlock(address), now);
  }

  private get rate(): RateLimit {
    const limit = this.config.current.oauth2.device_authorization.max_guesses_per_address;
    return { name: 'wrong user codes by address', limit, windowMs: WINDOW_MS };
  }
}
