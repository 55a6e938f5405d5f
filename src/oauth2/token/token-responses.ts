import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { Signer } from '../../keys/signer.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import { OPENID } from '../../protocol/constants.js';
import { AccessTokens } from '../issuance/access-tokens.js';
import { CredentialNonces } from '../issuance/credential-nonces.js';
import { type IdTokenKeys, IdTokens } from '../issuance/id-tokens.js';
import type { SenderProof } from '../sender-constraint/sender-proof.js';
import type { Authorization, Issued } from './grants/grant.js';

/** RFC 6749 §5.1, OpenID Connect Core §3.1.3.3. */
export interface TokenResponse {
  access_token: string;
  /** The lifetime in seconds. */
  expires_in: number;
  id_token?: string;
  /** RFC 8693 §2.2.1; absent for other grants. */
  issued_token_type?: string;
  refresh_token?: string;
  scope: string;
  token_type: SenderProof['tokenType'];
  /** RFC 9396 §7: what this token has; absent if it has none. */
  authorization_details?: AuthorizationDetail[];
  /** The nonce for a verifiable credential, if its scope was granted. */
  c_nonce_draft_00?: string;
  /** The lifetime of the nonce in seconds. */
  c_nonce_expires_in_draft_00?: number;
}

/** The signing keys for the response, found before anything is spent. */
interface Prepared {
  client: RegisteredClient;
  /** Signs the access token, if it is a JWT. */
  accessToken?: Signer;
  /** Makes the ID token, if the grant yields one; the lifespan is in seconds. */
  idToken?: { keys: IdTokenKeys; lifespan: number };
}

/** Together with openid this scope requests the nonce for a verifiable credential. */
const CREDENTIAL_SCOPE = 'userinfo_credential_draft_00';

/** Builds the response. JWTs whose scope and subject the statement returned are signed here, outside of any transaction. */
@Injectable()
export class TokenResponses {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly nonces: CredentialNonces,
  ) {}

  /** Finds the signing keys first, so that nothing is spent if no key can sign. */
  async prepare(client: RegisteredClient, { idTokenLifespan, asJwt }: Authorization): Promise<Prepared> {
    const accessToken = await this.accessTokens.prepare(client, asJwt);
    if (idTokenLifespan === undefined) return { client, accessToken };
    return { client, accessToken, idToken: { keys: await this.idTokens.prepare(client), lifespan: idTokenLifespan } };
  }

  async of(issued: Issued, prepared: Prepared): Promise<TokenResponse> {
    const { access, refreshToken } = issued;
    const { client, accessToken: signer } = prepared;
    const accessToken = await this.accessTokens.finish(issued.accessToken, client, access, signer);
    return {
      access_token: accessToken,
      expires_in: issued.accessToken.expiresIn,
      id_token: await this.idToken(issued, prepared, accessToken),
      issued_token_type: issued.issuedTokenType,
      refresh_token: refreshToken,
      scope: access.scope.join(' '),
      token_type: issued.accessToken.proof?.tokenType ?? 'bearer',
      authorization_details: access.session.authorizationDetails,
      ...this.credentialNonce(issued, accessToken),
    };
  }

  /** What was handed on by token exchange yields none (RFC 8693): the person did not log in to that client. */
  private async idToken(
    { access, accessToken: { issuedAt: now } }: Issued,
    { client, idToken }: Prepared,
    accessToken: string,
  ): Promise<string | undefined> {
    if (!idToken || access.delegationId !== undefined) return undefined;
    if (!(access.unlimitedScope ?? access.scope).includes(OPENID)) return undefined;
    return this.idTokens.mint({ client, session: access.session, now, accessToken, ...idToken });
  }

  private credentialNonce({ access, accessToken }: Issued, token: string): Partial<TokenResponse> {
    if (!access.scope.includes(OPENID) || !access.scope.includes(CREDENTIAL_SCOPE)) return {};
    const { nonce, expiresIn } = this.nonces.make(token, accessToken.issuedAt);
    return { c_nonce_draft_00: nonce, c_nonce_expires_in_draft_00: expiresIn };
  }
}
