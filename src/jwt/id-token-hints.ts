import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { MAX_CLOCK_SKEW_SECONDS } from '../protocol/clock-skew.js';
import { ID_TOKEN_KEY_SET } from '../protocol/constants.js';
import type { JsonObject } from '../protocol/json.js';
import { invalidRequest } from '../protocol/oauth-error.js';
import { hasFormOfJwe } from './compact-jwe.js';
import { isUuidV7 } from '../protocol/uuid.js';
import type { VerifiedJwt } from './compact-jwt.js';
import { judgeTimes } from './judge-times.js';
import { isPlain } from './jwt-kind.js';
import { JweDecrypter } from './jwe-decrypter.js';
import { JwtVerifier } from './jwt-verifier.js';

/** An ID token of this server. */
interface IdTokenClaims extends JsonObject {
  sub: string;
}

/**
 * Reads ID tokens of this server that clients send back in `id_token_hint`. They say who should be logged in (OpenID
 * Connect Core §3.1.2.1) or who is to be logged out (RP-Initiated Logout §2).
 */
@Injectable()
export class IdTokenHints {
  constructor(
    private readonly verifier: JwtVerifier,
    private readonly decrypter: JweDecrypter,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * The claims of an ID token that this server signed, expired or not. A client that got it encrypted sends what was inside,
   * as it is or encrypted to a key of this server.
   * @throws OAuthError invalid_request for anything else, including other kinds of JWT that this server signs
   */
  async read(hint: string, now: Date): Promise<IdTokenClaims> {
    const jwt = await this.verifier.verify(ID_TOKEN_KEY_SET, await this.signed(hint));
    if (!jwt) throw invalidRequest("Parameter 'id_token_hint' was not signed by this server, or is no JWT.");
    if (!isIdToken(jwt)) throw invalidRequest("Parameter 'id_token_hint' is no ID token.");
    if (jwt.payload.iss !== this.config.current.urls.self.issuer) {
      throw invalidRequest("Parameter 'id_token_hint' names another issuer.");
    }
    // Another replica, whose clock is ahead, may have issued the token a moment ago.
    const [what, tolerance] = ['id_token_hint', MAX_CLOCK_SKEW_SECONDS];
    const { exp, iat } = jwt.payload; // not `nbf`: the consent app may set it to anything
    judgeTimes({ exp, iat }, { now, what, error: invalidRequest, mayBeExpired: true, tolerance });
    return jwt.payload;
  }

  private async signed(hint: string): Promise<string> {
    return hasFormOfJwe(hint) ? ((await this.decrypter.open(hint)) ?? hint) : hint;
  }
}

/**
 * Checks the claims that every ID token has (OpenID Connect Core §2). The same keys also sign logout tokens, which have
 * `events` and their own `typ`, userinfo, which never expires, and credentials, which have no audience.
 */
function isIdToken(jwt: VerifiedJwt): jwt is { header: JsonObject; payload: IdTokenClaims } {
  const { sub, aud, exp, iat, jti, events } = jwt.payload;
  if (!isPlain(jwt.header.typ) || events !== undefined) return false;
  // An operator may have given both sets the same key, and an access token in Hydra's format has the type of an ID token.
  if (typeof jti === 'string' && isUuidV7(jti)) return false;
  const hasAll = [aud, exp, iat].every((claim) => claim !== undefined);
  return hasAll && typeof sub === 'string' && sub !== '';
}
