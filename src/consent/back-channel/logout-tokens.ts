/** Logout tokens (OpenID Connect Back-Channel Logout §2.4). */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { secondsOf } from '../seconds.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** §2.4 advises two minutes at most. */
const LIFESPAN_SECONDS = 120;

export interface LogoutTokenRequest {
  client: RegisteredClient;
  subject: string;
  sid: string;
  /** Another one for each attempt: a receiver may refuse what it has seen (§2.6), though its answer was lost. */
  jti: string;
  now: Date;
}

@Injectable()
export class LogoutTokens {
  constructor(
    private readonly signer: JwtSigner,
    private readonly subjects: SubjectIdentifiers,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Signed as ID tokens are, with the key that signs now. It names the one session that ended, and its person as the
   * client knows them. Never a nonce: it must not pass for an ID token.
   * @throws where no key can sign
   */
  async mint({ client, subject, sid, jti, now }: LogoutTokenRequest): Promise<string> {
    const sub = await this.subjectFor(client, subject);
    const iat = secondsOf(now);
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
    return this.signer.sign(ID_TOKEN_KEY_SET, claims, { typ: 'logout+jwt' });
  }

  /** A pairwise client that has lost its sector is told by the session alone. */
  private async subjectFor(client: RegisteredClient, subject: string): Promise<string | undefined> {
    try {
      return await this.subjects.identify(client, subject);
    } catch (error) {
      if (error instanceof OAuthError && error.code === 'invalid_request') return undefined;
      throw error;
    }
  }
}
