import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import type { JsonObject } from '../../protocol/json.js';
import { invalidToken, requestUnauthorized } from '../../protocol/oauth-error.js';
import { AccessTokens } from '../issuance/access-tokens.js';
import { IdTokens } from '../issuance/id-tokens.js';
import { seconds } from '../issuance/jwt-access-tokens.js';

/** JSON, or where the client registered `userinfo_signed_response_alg`, a JWT (OpenID Connect Core §5.3.2). */
export type Userinfo = { kind: 'json'; claims: JsonObject } | { kind: 'jwt'; jwt: string };

@Injectable()
export class UserinfoService {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly clients: ClientsService,
    private readonly signer: JwtSigner,
  ) {}

  /** @throws OAuthError 401 for anything but an active access token (RFC 6750 §3.1) */
  async userinfo(token: string | undefined, now: Date): Promise<Userinfo> {
    if (!token) throw requestUnauthorized("Send an access token in the header 'Authorization: Bearer …'.");
    const active = await this.accessTokens.find(token, now);
    const client = active && (await this.clients.cached(active.clientId));
    if (!active || !client) throw invalidToken('Only active access tokens are accepted here.');
    const claims = this.idTokens.userinfo(client, active.session, active.issuedAt);
    if (client.metadata.userinfo_signed_response_alg === 'none') return { kind: 'json', claims };
    const signed = { ...claims, iat: seconds(now), jti: randomUUID() };
    return { kind: 'jwt', jwt: await this.signer.sign(ID_TOKEN_KEY_SET, signed) };
  }
}
