/** Redeems a grant for every grant type with a code: issues an access token, and a refresh token if it was granted. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { REFRESH_TOKEN } from '../../protocol/constants.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokens } from './access-tokens.js';
import { AuthorizationCodes, type CodeAttempt } from './authorization-codes.js';
import type { AuthorizedAccess } from './authorized-access.js';
import type { AccessChanges } from './narrowing.js';
import { refreshExpiry } from './lifespans.js';
import { RefreshTokens } from './refresh-tokens.js';

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
    changes: AccessChanges,
  ): Promise<{ access: AuthorizedAccess; accessToken: AccessTokenDraft; refreshToken?: string }> {
    const { client, now } = attempt;
    const accessToken = this.accessTokens.draft(client, grantType, now, attempt.proof);
    const refreshToken = client.mayUse(REFRESH_TOKEN)
      ? this.refreshTokens.draft(now, refreshExpiry(this.config.current, client, grantType, now))
      : undefined;
    const redeemed = await this.codes.redeem(attempt, { accessToken, refreshToken, ...changes });
    return { ...redeemed, accessToken };
  }
}
