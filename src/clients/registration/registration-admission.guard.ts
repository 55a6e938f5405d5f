/** Admits registrations with the initial access token, if one is configured (RFC 7591 §3), at a limited rate. */
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { ConfigHolder } from '../../config/config-holder.js';
import { equalText } from '../../crypto/digest.js';
import { type RateLimit, RateLimits } from '../../flow-store/rate-limits.js';
import { addressBlock } from '../../http/exchange/address-block.js';
import { exchangeOf } from '../../http/exchange/http-exchange.js';
import { unauthorized } from '../../protocol/admin-error.js';
import { tooManyRequests } from '../../protocol/oauth-error.js';

const WINDOW_MS = 600_000;

@Injectable()
export class RegistrationAdmissionGuard implements CanActivate {
  constructor(
    private readonly config: ConfigHolder,
    private readonly rateLimits: RateLimits,
  ) {}

  /** @throws OAuthError 401 without the token, 429 above the rate */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    await this.slowDown(exchangeOf(request).remoteAddress);
    const { initial_access_token: token } = this.config.current.oidc.dynamic_client_registration;
    if (token) requireInitialAccessToken(request.headers.authorization, token);
    return true;
  }

  /** Refused attempts count too: otherwise tokens could be guessed at the speed of the network. */
  private async slowDown(address: string): Promise<void> {
    const { max_registrations_per_address: limit } = this.config.current.oidc.dynamic_client_registration;
    const rate: RateLimit = { name: 'registrations by address', limit, windowMs: WINDOW_MS };
    const { allowed, retryAfterSeconds } = await this.rateLimits.take(rate, addressBlock(address), new Date());
    if (!allowed) {
      throw tooManyRequests('Too many clients were registered from this network address.', retryAfterSeconds);
    }
  }
}

function requireInitialAccessToken(authorization: string | undefined, token: string): void {
  const [, presented = ''] = /^bearer +([^\s]+)$/i.exec(authorization?.trim() ?? '') ?? [];
  if (equalText(presented, token)) return;
  const hint = 'Send the initial access token that the operator of this server gave you as Bearer token.';
  throw unauthorized(hint).withHeaders({ 'WWW-Authenticate': 'Bearer realm="ostiary"' });
}
