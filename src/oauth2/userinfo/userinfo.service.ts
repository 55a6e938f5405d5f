import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { invalidToken } from '../../protocol/oauth-error.js';
import { IdTokens } from '../issuance/id-tokens.js';
import { PresentedTokens } from '../issuance/presented-tokens.js';
import { requirePerson } from '../issuance/require-person.js';
import { type Userinfo, UserinfoForms } from './userinfo-forms.js';

/** Headers of a successful answer are in lower case. */
type UserinfoAnswer = Userinfo & { headers?: Record<string, string> };

@Injectable()
export class UserinfoService {
  constructor(
    private readonly presented: PresentedTokens,
    private readonly idTokens: IdTokens,
    private readonly clients: ClientsService,
    private readonly forms: UserinfoForms,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * @throws OAuthError 401 for anything but an active access token, 403 for one without a person or without the scope
   * openid (RFC 6750 §3.1)
   */
  async userinfo(exchange: Exchange, now: Date): Promise<UserinfoAnswer> {
    const { active, headers } = await this.presented.open(exchange, 'userinfo', now);
    requirePerson(active, this.config.current.oauth2.userinfo);
    const client = await this.clients.cached(active.clientId);
    if (!client) throw invalidToken('Only active access tokens are accepted here.');
    const claims = this.idTokens.userinfo(client, active.session, active.issuedAt);
    return { ...(await this.forms.of(client, claims, now)), headers };
  }
}
