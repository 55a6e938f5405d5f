import { Injectable } from '@nestjs/common';
import { ClientAuthentication } from '../../clients/authentication/client-authentication.js';
import { Events } from '../../events/events.js';
import { type ParameterReader, parseParameters, textParameter } from '../../http/exchange/declared-parameters.js';
import { eachOnce } from '../../http/exchange/each-once.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { AccessTokens } from '../issuance/access-tokens.js';
import { RefreshTokens } from '../issuance/refresh-tokens.js';

/** The extent of the revocation: the grant of the token, or only its chain. @throws OAuthError invalid_request */
const extentParameter: ParameterReader<'revoke' | 'revokeChain'> = (sent, name) => {
  const extent = sent.first(name) ?? 'grant';
  if (extent === 'grant') return 'revoke';
  if (extent === 'chain') return 'revokeChain';
  throw invalidRequest("Parameter 'revoke' must be 'grant', which is also meant where it is missing, or 'chain'.");
};

/** RFC 7009 §2.1, and `revoke`, which is an addition of this server. */
const PARAMETERS = { token: textParameter, revoke: extentParameter };

/**
 * Revocation by the client (RFC 7009). Either kind of token revokes the grant that it belongs to. A token that is unknown,
 * expired, revoked or of another client changes nothing, and the response is that of success (§2.2). With `revoke=chain`,
 * an addition of this server, only the chain of refresh tokens that the token belongs to ends: if refresh tokens may be
 * reused for a while, a grant has several chains, and an application can log out on one device and keep the others.
 */
@Injectable()
export class RevocationService {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly events: Events,
  ) {}

  /** @throws OAuthError */
  async revoke(exchange: Exchange): Promise<void> {
    const form = eachOnce(await exchange.form());
    const { client } = await this.authentication.authenticate(exchange, form);
    const { token, revoke: act } = parseParameters(PARAMETERS, form);
    const now = new Date();
    if (!token) return;
    const ended =
      (await this.refreshTokens[act](token, client, now)) ?? (await this.accessTokens[act](token, client, now));
    if (ended) this.events.publish({ type: 'token.revoked', at: now, clientId: client.clientId, ...ended });
  }
}
