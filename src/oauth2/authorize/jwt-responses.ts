import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ResponseEncryption } from '../../clients/response-encryption.js';
import { ResponseAlgorithms } from '../../clients/security-profile/response-algorithms.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { numericDate } from '../../protocol/numeric-date.js';
import type { ResponseParameters } from './response-modes/response-mode.js';

/** JARM §3: what clients get that registered no algorithm. */
const USUAL_ALGORITHM = 'RS256';

/** Authorization responses as signed JWTs, encrypted if the client registered for that (JWT Secured Authorization Response Mode, JARM). */
@Injectable()
export class JwtResponses {
  constructor(
    private readonly signer: JwtSigner,
    private readonly algorithms: ResponseAlgorithms,
    private readonly encryption: ResponseEncryption,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Returns what makes the JWT of the response from its parameters (§2.1). The JWT has no `typ`: by its claims it is neither
   * an ID token nor an access token.
   * @throws OAuthError if no key can sign it, or encrypt it as the client registered, before anything is spent
   */
  async prepare(client: RegisteredClient): Promise<(parameters: ResponseParameters) => Promise<string>> {
    const { authorization_signed_response_alg: registered } = client.metadata;
    const alg = await this.algorithms.of(client, registered ?? USUAL_ALGORITHM);
    const key = await this.signer.prepare(ID_TOKEN_KEY_SET, alg);
    const encrypt = await this.encryption.prepare(client, 'authorization');
    return async (parameters) => {
      const exp = numericDate(new Date()) + Math.floor(this.config.current.ttl.authorization_response);
      const jwt = await this.signer.signWith(key, { aud: client.clientId, exp, ...parameters }, null);
      return encrypt ? encrypt(jwt, 'JWT') : jwt;
    };
  }
}
