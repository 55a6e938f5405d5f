/** Logout tokens (OpenID Connect Back-Channel Logout §2.4). */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ResponseEncryption } from '../../clients/response-encryption.js';
import { ResponseAlgorithms } from '../../clients/security-profile/response-algorithms.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** §2.4 advises two minutes at most. */
const LIFESPAN_SECONDS = 120;

interface LogoutTokenRequest {
  client: RegisteredClient;
  subject: string;
  sid: string;
  /** Different for each attempt: a receiver may refuse a known `jti` (§2.6), although its response was lost. */
  jti: string;
  now: Date;
}

@Injectable()
export class LogoutTokens {
  constructor(
    private readonly signer: JwtSigner,
    private readonly encryption: ResponseEncryption,
    private readonly subjects: SubjectIdentifiers,
    private readonly algorithms: ResponseAlgorithms,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Signed and encrypted as the ID tokens of the client are (§2.4, §2.6), with the present signing key. It contains the `sid`
   * of the session and the `sub` that the client knows, but no nonce: it must not be mistaken for an ID token.
   * @throws if there is no key to sign with, or to encrypt to
   */
  async mint({ client, subject, sid, jti, now }: LogoutTokenRequest): Promise<string> {
    const sub = await this.subjectFor(client, subject);
    const iat = numericDate(now);
    const claims = {
      iss: this.config.current.urls.self.issuer,
      ...(sub === undefined ? {} : { sub }),
      aud: [client.clientId],
      iat,
      exp: iat + LIFESPAN_SECONDS,
      jti,
      events: { [EVENT]: {} },
      sid,
    };
    const alg = await this.algorithms.of(client, client.metadata.id_token_signed_response_alg);
    const encrypt = await this.encryption.prepare(client, 'id_token');
    const signed = await this.signer.sign(ID_TOKEN_KEY_SET, claims, { typ: 'logout+jwt', alg });
    return encrypt ? encrypt(signed, 'JWT') : signed;
  }

  /** Undefined for a pairwise client that has no sector any more: its token contains only `sid`. */
  private async subjectFor(client: RegisteredClient, subject: string): Promise<string | undefined> {
    try {
      return await this.subjects.identify(client, subject);
    } catch (error) {
      if (error instanceof OAuthError && error.code === 'invalid_request') return undefined;
      throw error;
    }
  }
}
