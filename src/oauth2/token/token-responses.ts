import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { OPENID } from '../../protocol/constants.js';
import { AccessTokens } from '../issuance/access-tokens.js';
import { CredentialNonces } from '../issuance/credential-nonces.js';
import { IdTokens } from '../issuance/id-tokens.js';
import type { Authorization, Issued } from './grants/grant.js';

/** RFC 6749 §5.1, OpenID Connect Core §3.1.3.3. */
export interface TokenResponse {
  access_token: string;
  /** Seconds. */
  expires_in: number;
  id_token?: string;
  refresh_token?: string;
  scope: string;
  token_type: 'bearer';
  /** The nonce for a verifiable credential, where it was granted. */
  c_nonce_draft_00?: string;
  /** Seconds. */
  c_nonce_expires_in_draft_00?: number;
}

/** With openid it asks for the nonce of a verifiable credential. */
const CREDENTIAL_SCOPE = 'userinfo_credential_draft_00';

/** Turns what was issued into the response: JWTs are signed here, after the statement and outside of any transaction. */
@Injectable()
export class TokenResponses {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly nonces: CredentialNonces,
  ) {}

  /** Nothing is spent where no key could sign. */
  async prepare(client: RegisteredClient, authorization: Authorization): Promise<void> {
    await this.accessTokens.prepare(client);
    if (authorization.idTokenLifespan !== undefined) await this.idTokens.prepare();
  }

  async of(issued: Issued, authorization: Authorization, client: RegisteredClient): Promise<TokenResponse> {
    const { right, refreshToken } = issued;
    const accessToken = await this.accessTokens.finish(issued.accessToken, client, right);
    return {
      access_token: accessToken,
      expires_in: issued.accessToken.expiresIn,
      id_token: await this.idToken(issued, authorization, { client, accessToken }),
      refresh_token: refreshToken,
      scope: right.scope.join(' '),
      token_type: 'bearer',
      ...this.credentialNonce(issued, accessToken),
    };
  }

  private async idToken(
    { right, accessToken: { issuedAt: now } }: Issued,
    { idTokenLifespan: lifespan }: Authorization,
    { client, accessToken }: { client: RegisteredClient; accessToken: string },
  ): Promise<string | undefined> {
    if (lifespan === undefined || !right.scope.includes(OPENID)) return undefined;
    return this.idTokens.mint({ client, session: right.session, now, lifespan, accessToken });
  }

  private credentialNonce({ right, accessToken }: Issued, token: string): Partial<TokenResponse> {
    if (!right.scope.includes(OPENID) || !right.scope.includes(CREDENTIAL_SCOPE)) return {};
    const { nonce, expiresIn } = this.nonces.make(token, accessToken.issuedAt);
    return { c_nonce_draft_00: nonce, c_nonce_expires_in_draft_00: expiresIn };
  }
}
