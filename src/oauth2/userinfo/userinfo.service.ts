import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { invalidToken, requestUnauthorized } from '../../protocol/oauth-error.js';
import { AccessTokens } from '../issuance/access-tokens.js';
import { IdTokens } from '../issuance/id-tokens.js';
import { requirePerson } from '../issuance/require-person.js';
import { type Userinfo, UserinfoForms } from './userinfo-forms.js';

const ONLY_ACTIVE = 'Only active access tokens are accepted here.';

@Injectable()
export class UserinfoService {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly clients: ClientsService,
    private readonly forms: UserinfoForms,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * @throws OAuthError 401 for anything but an active access token, 403 for one without a person or without the scope
   * openid (RFC 6750 §3.1)
   */
  async userinfo(token: string | undefined, now: Date): Promise<Userinfo> {
    if (!token) throw requestUnauthorized("Send an access token in the header 'Authorization: Bearer …'.");
    const active = await this.accessTokens.find(token, now);
    if (!active) throw invalidToken(ONLY_ACTIVE);
    requirePerson(active, this.config.current.oauth2.userinfo);
    const client = await this.clients.cached(active.clientId);
    if (!client) throw invalidToken(ONLY_ACTIVE);
    const claims = this.idTokens.userinfo(client, active.session, active.issuedAt);
    return this.forms.of(client, claims, now);
  }
}
