import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { JwtVerifier } from '../../keys/jwt-verifier.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import type { JsonObject } from '../../protocol/json.js';
import { invalidRequest } from '../../protocol/oauth-error.js';

/** ID tokens that come back as a hint of who should be logged in (OpenID Connect Core §3.1.2.1). */
@Injectable()
export class IdTokenHints {
  constructor(
    private readonly verifier: JwtVerifier,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * The claims of an ID token that this server signed, expired or not.
   * @throws OAuthError invalid_request: anything else, other kinds of JWT of ours among it
   */
  async claims(hint: string): Promise<JsonObject> {
    const jwt = await this.verifier.verify(ID_TOKEN_KEY_SET, hint);
    if (!jwt) throw invalidRequest("Parameter 'id_token_hint' was not signed by this server, or is no JWT.");
    if (!isIdToken(jwt.header, jwt.payload)) throw invalidRequest("Parameter 'id_token_hint' is no ID token.");
    if (jwt.payload.iss !== this.config.current.urls.self.issuer) {
      throw invalidRequest("Parameter 'id_token_hint' names another issuer.");
    }
    return jwt.payload;
  }
}

/** The same keys sign logout tokens, which have `events` and a type of their own, and userinfo, which never expires. */
function isIdToken(header: JsonObject, { sub, exp, events }: JsonObject): boolean {
  const plain = header.typ === undefined || (typeof header.typ === 'string' && header.typ.toUpperCase() === 'JWT');
  return plain && typeof sub === 'string' && sub !== '' && exp !== undefined && events === undefined;
}
