import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { numericDate } from '../../protocol/numeric-date.js';
import type { ResponseParameters } from './response-modes/response-mode.js';

/** JARM §3: what clients get that registered no algorithm. */
const USUAL_ALGORITHM = 'RS256';

/** Authorization responses as signed JWTs (JWT Secured Authorization Response Mode, JARM). */
@Injectable()
export class JwtResponses {
  constructor(
    private readonly signer: JwtSigner,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Returns what makes the JWT of the response from its parameters (§2.1). The JWT has no `typ`: by its claims it is neither
   * an ID token nor an access token.
   * @throws OAuthError if no key can sign it, before anything is spent
   */
  async prepare({
    clientId,
    metadata,
  }: RegisteredClient): Promise<(parameters: ResponseParameters) => Promise<string>> {
    const key = await this.signer.prepare(
      ID_TOKEN_KEY_SET,
      metadata.authorization_signed_response_alg ?? USUAL_ALGORITHM,
    );
    return (parameters) => {
      const exp = numericDate(new Date()) + Math.floor(this.config.current.ttl.authorization_response);
      return this.signer.signWith(key, { aud: clientId, exp, ...parameters }, null);
    };
  }
}
