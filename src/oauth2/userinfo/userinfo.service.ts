import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import type { JsonObject } from '../../protocol/json.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { invalidToken, requestUnauthorized } from '../../protocol/oauth-error.js';
import { AccessTokens } from '../issuance/access-tokens.js';
import { IdTokens } from '../issuance/id-tokens.js';
import { requirePerson } from '../issuance/require-person.js';

/** JSON, or a JWT if the client registered `userinfo_signed_response_alg` (OpenID Connect Core §5.3.2). */
type Userinfo = { kind: 'json'; claims: JsonObject } | { kind: 'jwt'; jwt: string };

const ONLY_ACTIVE = 'Only active access tokens are accepted here.';

@Injectable()
export class UserinfoService {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly clients: ClientsService,
    private readonly signer: JwtSigner,
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
    const { userinfo_signed_response_alg: alg } = client.metadata;
    if (alg === 'none') return { kind: 'json', claims };
    const signed = { ...claims, iat: numericDate(now), jti: randomUUID() };
    return { kind: 'jwt', jwt: await this.signer.sign(ID_TOKEN_KEY_SET, signed, { alg }) };
  }
}
