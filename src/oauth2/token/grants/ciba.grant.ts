import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { type CibaRecord, cibaIdOf, CibaRequests, type Denial } from '../../../consent/ciba/ciba-requests.js';
import { type OpaqueToken, readToken } from '../../../crypto/opaque-token.js';
import { textParameter } from '../../../http/exchange/declared-parameters.js';
import { CIBA } from '../../../protocol/constants.js';
import {
  accessDenied,
  authorizationPending,
  authReqExpired,
  invalidGrant,
  OAuthError,
  slowDown,
  unauthorizedClient,
} from '../../../protocol/oauth-error.js';
import { AuthorizationCodes } from '../../issuance/authorization-codes.js';
import { GrantRedemption } from '../../issuance/grant-redemption.js';
import { lifespan } from '../../issuance/lifespans.js';
import type { Authorization, Grant, TokenRequest } from './grant.js';

/** CIBA Core §10.1. */
const PARAMETERS = { auth_req_id: textParameter };
/** The same for another client's: nobody learns which ones exist. */
const UNKNOWN = 'The auth_req_id is malformed, expired or not valid.';

/** CIBA Core §10.1, §11: a client asks for its tokens until the person has answered, whether it was pinged or not. */
@Injectable()
export class CibaGrant implements Grant<typeof PARAMETERS> {
  readonly grantType = CIBA;
  readonly parameters = PARAMETERS;
  readonly mayNarrow = true;

  constructor(
    private readonly requests: CibaRequests,
    private readonly codes: AuthorizationCodes,
    private readonly redemption: GrantRedemption,
    private readonly config: ConfigHolder,
  ) {}

  async authorize(
    { parameters, timing, now, proof }: TokenRequest<typeof PARAMETERS>,
    client: RegisteredClient,
  ): Promise<Authorization> {
    const { current } = this.config;
    if (client.isPublic) throw unauthorizedClient('The grant type is for clients that prove who they are.');
    const { auth_req_id: text } = parameters;
    const code = text && readToken('auth_req_id', current.secrets.system, text);
    const polled = code && (await this.requests.poll(cibaIdOf(code.id), current.oidc.ciba.interval));
    if (!code || !polled || polled.record.data.clientKey !== client.key) throw invalidGrant(UNKNOWN);
    if (!(await this.isApproved(polled.record, code, now))) throw polled.inTime ? authorizationPending() : slowDown();
    // The grant has the id of its auth_req_id, whose digest redeems it.
    const attempt = { code, record: { clientKey: client.key }, client, timing, now, proof, mayRepeat: true };
    return {
      describe: () => this.codes.describe(attempt),
      issue: (changes = {}) => this.redemption.redeem(attempt, CIBA, changes),
      idTokenLifespan: lifespan(current, client, CIBA, 'id_token'),
    };
  }

  /**
   * While it is `accepting`, the grant may be there: its ping is committed with it, and a client may come with that before the
   * request is known as approved.
   * @throws OAuthError access_denied or as the app says; expired_token
   */
  private async isApproved({ data, expiresAt }: CibaRecord, code: OpaqueToken, now: Date): Promise<boolean> {
    if (data.state === 'denied') throw denied(data.denial);
    if (expiresAt <= now) throw authReqExpired('Start again with a new backchannel authentication request.');
    return data.state === 'approved' || (data.state === 'accepting' && this.codes.hasGrant(code));
  }
}

/** CIBA Core §11: the error has status 400, as other errors of the token endpoint (RFC 6749 §5.2). */
function denied({ error, description }: Denial = { error: 'access_denied' }): OAuthError {
  const usual = { description: accessDenied().description, hint: 'The end user denied the request.' };
  return new OAuthError(error, { status: 400, ...(description ? { description } : usual) });
}
