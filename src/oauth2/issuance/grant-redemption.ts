/** What a redeemed grant yields, for every grant type that redeems one: an access token, and where due a refresh token. */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { REFRESH_TOKEN } from '../../protocol/constants.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokens } from './access-tokens.js';
import { AuthorizationCodes, type CodeAttempt } from './authorization-codes.js';
import type { GrantSession } from './grant-session.js';
import { expiryOf, lifespan } from './lifespans.js';
import { type RefreshTokenDraft, RefreshTokens } from './refresh-tokens.js';
import type { Right } from './right.js';

@Injectable()
export class GrantRedemption {
  constructor(
    private readonly codes: AuthorizationCodes,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws as AuthorizationCodes.redeem */
  async redeem(
    attempt: CodeAttempt,
    grantType: string,
    session?: GrantSession,
  ): Promise<{ right: Right; accessToken: AccessTokenDraft; refreshToken?: string }> {
    const { client, now } = attempt;
    const { current } = this.config;
    const seconds = lifespan(current, client, grantType, 'access_token') ?? current.ttl.access_token;
    const accessToken = this.accessTokens.draft(client, now, seconds);
    const refreshToken = client.mayUse(REFRESH_TOKEN) ? this.refreshToken(client, grantType, now) : undefined;
    const redeemed = await this.codes.redeem(attempt, { accessToken, refreshToken, session });
    return { ...redeemed, accessToken };
  }

  private refreshToken(client: RegisteredClient, grantType: string, now: Date): RefreshTokenDraft {
    const seconds = lifespan(this.config.current, client, grantType, 'refresh_token');
    return this.refreshTokens.draft(now, seconds === undefined ? undefined : expiryOf(now, seconds));
  }
}
