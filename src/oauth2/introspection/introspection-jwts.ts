import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { encryptionOf, ResponseEncryption } from '../../clients/response-encryption.js';
import { ResponseAlgorithms } from '../../clients/security-profile/response-algorithms.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { isPreferredTo } from '../../http/replies/accept.js';
import { Reply } from '../../http/replies/reply.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import type { Introspection } from './introspection.service.js';

/** RFC 9701 §4, §5. */
const TYP = 'token-introspection+jwt';
const MEDIA_TYPE = `application/${TYP}`;
/** RFC 9701 §6: what callers get that registered no algorithm. */
const USUAL_ALGORITHM = 'RS256';

/** Introspection responses as signed JWTs, encrypted if the caller registered for that (RFC 9701). */
@Injectable()
export class IntrospectionJwts {
  constructor(
    private readonly signer: JwtSigner,
    private readonly algorithms: ResponseAlgorithms,
    private readonly encryption: ResponseEncryption,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Whether the response to the caller is a JWT. JSON is the answer where the header Accept prefers neither.
   * @throws OAuthError invalid_request if a caller that registered for encryption would get JSON
   */
  isWanted(caller: RegisteredClient, accept: string | undefined): boolean {
    const { current } = this.config;
    if (!current.oauth2.introspection.jwt) return false;
    if (isPreferredTo('application/json', MEDIA_TYPE, accept)) return true;
    if (!encryptionOf(caller.metadata, 'introspection', current)) return false;
    throw invalidRequest(`The client registered for encryption: send the header 'Accept: ${MEDIA_TYPE}'.`);
  }

  /** RFC 9701 §5: the claims of the token lie within one claim, so that nobody takes the JWT for an access token (§8.1). */
  async reply(introspection: Introspection, caller: RegisteredClient, now: Date): Promise<Reply> {
    const { introspection_signed_response_alg: registered } = caller.metadata;
    const alg = await this.algorithms.of(caller, registered ?? USUAL_ALGORITHM);
    const claims = {
      iss: this.config.current.urls.self.issuer,
      aud: caller.clientId,
      iat: numericDate(now),
      token_introspection: introspection,
    };
    const encrypt = await this.encryption.prepare(caller, 'introspection');
    const jwt = await this.signer.sign(ID_TOKEN_KEY_SET, claims, { typ: TYP, alg });
    return new Reply(200, { 'content-type': MEDIA_TYPE }, encrypt ? await encrypt(jwt, 'JWT') : jwt);
  }
}
