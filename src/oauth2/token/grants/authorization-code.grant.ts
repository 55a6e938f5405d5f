import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../../../protocol/constants.js';
import { invalidGrant, OAuthError } from '../../../protocol/oauth-error.js';
import { AccessTokens } from '../../issuance/access-tokens.js';
import { AuthorizationCodes, type CodeAttempt } from '../../issuance/authorization-codes.js';
import { expiryOf, lifespan } from '../../issuance/lifespans.js';
import { RefreshTokens } from '../../issuance/refresh-tokens.js';
import { verifyPkce } from '../verify-pkce.js';
import type { Authorization, Grant, Issued, TokenRequest } from './grant.js';

/** RFC 6749 §4.1.3 with PKCE (RFC 7636 §4.5). */
@Injectable()
export class AuthorizationCodeGrant implements Grant {
  readonly grantType = AUTHORIZATION_CODE;

  constructor(
    private readonly codes: AuthorizationCodes,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly config: ConfigHolder,
  ) {}

  async authorize(request: TokenRequest, client: RegisteredClient): Promise<Authorization> {
    const { form, arrivedAt, now } = request;
    const { code, record } = await this.codes.open(form.first('code'), arrivedAt, now);
    const attempt = { code, record, client, arrivedAt, now };
    try {
      this.check(attempt, request);
    } catch (error) {
      if (error instanceof OAuthError) await this.codes.endIfReplayed(code, arrivedAt, now);
      throw error;
    }
    return {
      describe: () => this.codes.describe(attempt),
      issue: (session) => this.issue(attempt, session),
      idTokenLifespan: lifespan(this.config.current, client, AUTHORIZATION_CODE, 'id_token'),
    };
  }

  private check({ record, client }: CodeAttempt, { form }: TokenRequest): void {
    if (record.clientKey !== client.key) throw invalidGrant('The authorization code was issued to another client.');
    // RFC 6749 §4.1.3: identical to that of the authorization request, where it named one.
    if (record.redirectUri !== undefined && record.redirectUri !== form.first('redirect_uri')) {
      throw invalidGrant("The 'redirect_uri' differs from that of the authorization request. Send the same one again.");
    }
    verifyPkce(record.codeChallenge, form.first('code_verifier'));
  }

  private async issue(attempt: CodeAttempt, session: Parameters<Authorization['issue']>[0]): Promise<Issued> {
    const { client, now } = attempt;
    const configuration = this.config.current;
    const seconds =
      lifespan(configuration, client, AUTHORIZATION_CODE, 'access_token') ?? configuration.ttl.access_token;
    const accessToken = this.accessTokens.draft(client, now, seconds);
    const refreshToken = client.mayUse(REFRESH_TOKEN) ? this.refreshToken(client, now) : undefined;
    const redeemed = await this.codes.redeem(attempt, { accessToken, refreshToken, session });
    return { ...redeemed, accessToken };
  }

  private refreshToken(client: RegisteredClient, now: Date) {
    const seconds = lifespan(this.config.current, client, AUTHORIZATION_CODE, 'refresh_token');
    return this.refreshTokens.draft(now, seconds === undefined ? undefined : expiryOf(now, seconds));
  }
}
