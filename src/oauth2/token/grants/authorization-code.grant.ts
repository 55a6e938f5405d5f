import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { type Parsed, textParameter } from '../../../http/exchange/declared-parameters.js';
import { AUTHORIZATION_CODE } from '../../../protocol/constants.js';
import { invalidGrant, OAuthError } from '../../../protocol/oauth-error.js';
import { AuthorizationCodes, type CodeAttempt } from '../../issuance/authorization-codes.js';
import { GrantRedemption } from '../../issuance/grant-redemption.js';
import { lifespan } from '../../issuance/lifespans.js';
import { verifyPkce } from '../verify-pkce.js';
import type { Authorization, Grant, TokenRequest } from './grant.js';

/** RFC 6749 §4.1.3, RFC 7636 §4.5. */
const PARAMETERS = { code: textParameter, redirect_uri: textParameter, code_verifier: textParameter };

/** RFC 6749 §4.1.3 with PKCE (RFC 7636 §4.5). */
@Injectable()
export class AuthorizationCodeGrant implements Grant<typeof PARAMETERS> {
  readonly grantType = AUTHORIZATION_CODE;
  readonly parameters = PARAMETERS;
  readonly mayNarrow = true;

  constructor(
    private readonly codes: AuthorizationCodes,
    private readonly redemption: GrantRedemption,
    private readonly config: ConfigHolder,
  ) {}

  async authorize(request: TokenRequest<typeof PARAMETERS>, client: RegisteredClient): Promise<Authorization> {
    const { parameters, ...asked } = request;
    const presented = { client, ...asked };
    const { code, record } = await this.codes.open(parameters.code, presented);
    const attempt = { code, record, ...presented };
    try {
      this.check(attempt, parameters);
    } catch (error) {
      if (error instanceof OAuthError) await this.codes.endIfReplayed(code, attempt);
      throw error;
    }
    return {
      describe: () => this.codes.describe(attempt),
      issue: (changes = {}) => this.redemption.redeem(attempt, AUTHORIZATION_CODE, changes),
      idTokenLifespan: lifespan(this.config.current, client, AUTHORIZATION_CODE, 'id_token'),
    };
  }

  private check({ record, client }: CodeAttempt, parameters: Parsed<typeof PARAMETERS>): void {
    if (!client.isOf(record.clientKey)) throw invalidGrant('The authorization code was issued to another client.');
    // RFC 6749 §4.1.3: the value must equal that of the authorization request, if it had one.
    if (record.redirectUri !== undefined && record.redirectUri !== parameters.redirect_uri) {
      throw invalidGrant("The 'redirect_uri' differs from that of the authorization request. Send the same one again.");
    }
    verifyPkce(record.codeChallenge, parameters.code_verifier);
  }
}
