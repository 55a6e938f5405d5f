import { Injectable } from '@nestjs/common';
import { ClientAuthentication } from '../../clients/authentication/client-authentication.js';
import { Events } from '../../events/events.js';
import { errorReply } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { noStore } from '../../http/replies.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { AccessTokens } from '../issuance/access-tokens.js';
import { RefreshTokens } from '../issuance/refresh-tokens.js';

/**
 * POST /oauth2/revoke (RFC 7009). Either kind of token ends the grant that it hangs on. An unknown token, one that has
 * ended, and one of another client are answered like success (§2.2), and nothing changes. With `revoke=chain`, an
 * addition of ours, only the chain of refresh tokens that the token belongs to ends: where refresh tokens may be reused
 * for a while a grant has several, and an application that logs out on one device keeps the others.
 */
@Injectable()
export class RevocationEndpoint {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly events: Events,
  ) {}

  async handle(exchange: Exchange): Promise<Reply> {
    try {
      const form = await exchange.form();
      const client = await this.authentication.authenticate(exchange, form);
      const act = actOf(form.first('revoke'));
      const token = form.first('token');
      const now = new Date();
      if (token) {
        const ended =
          (await this.refreshTokens[act](token, client, now)) ?? (await this.accessTokens[act](token, client, now));
        if (ended) this.events.publish({ type: 'token.revoked', at: now, clientId: client.clientId, ...ended });
      }
      return noStore({ status: 200 });
    } catch (error) {
      return noStore(errorReply(error, exchange));
    }
  }
}

function actOf(extent = 'grant'): 'revoke' | 'revokeChain' {
  if (extent === 'grant') return 'revoke';
  if (extent === 'chain') return 'revokeChain';
  throw invalidRequest("Parameter 'revoke' must be 'grant', which is also meant where it is missing, or 'chain'.");
}
