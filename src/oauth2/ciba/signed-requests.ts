/**
 * Signed backchannel authentication requests (CIBA Core §7.1.1): the parameters as claims of a JWT. A client that registered an
 * algorithm for them sends no others, and a client that did not sends none.
 */
import { Injectable } from '@nestjs/common';
import { ClientKeys } from '../../clients/client-keys.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { type UseMark, useMarkOf } from '../../database/use-marks.js';
import { FormParams } from '../../http/exchange/form-params.js';
import { parseForeignJwt } from '../../jwt/compact-jwt.js';
import { judgeTimes } from '../../jwt/judge-times.js';
import { isOfAnotherKind, JWT_KINDS } from '../../jwt/jwt-kind.js';
import { hasTooManyClaims, type JsonObject, MAX_CLAIMS } from '../../protocol/json.js';
import { dateOfNumericDate } from '../../protocol/numeric-date.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { claimsAsParameters, judgeMembers } from '../issuance/request-claims.js';

const MAX_JTI_CHARACTERS = 256;
const HOUR_SECONDS = 3_600;
/** What stands beside a signed request: it, and the credentials of the client. */
const BESIDE: ReadonlySet<string> = new Set([
  ...['request', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type'],
]);

interface ReadRequest {
  parameters: FormParams;
  /** Of a signed request. It is not spent yet. */
  mark?: UseMark;
}

@Injectable()
export class SignedRequests {
  constructor(
    private readonly keys: ClientKeys,
    private readonly config: ConfigHolder,
  ) {}

  /** The parameters of the request, signed or not. @throws OAuthError invalid_request */
  async read(form: FormParams, client: RegisteredClient, now: Date): Promise<ReadRequest> {
    const jwt = form.first('request');
    const { backchannel_authentication_request_signing_alg: alg } = client.metadata;
    if (jwt === undefined && alg === undefined) return { parameters: form };
    if (jwt === undefined) throw invalidRequest("Send the parameters as a signed JWT in 'request': see the client.");
    if (alg === undefined) {
      throw invalidRequest(
        "Parameter 'request' is for clients with a 'backchannel_authentication_request_signing_alg': register one.",
      );
    }
    const beside = form.entries().find(([name]) => !BESIDE.has(name))?.[0];
    if (beside !== undefined) throw invalidRequest(`Parameter '${beside}' belongs into the signed request.`);
    const claims = await this.verified(jwt, client, alg);
    const { jti, exp } = judgeClaims(claims, { client, issuer: this.config.current.urls.self.issuer, now });
    const value = `${client.key}\u0000${jti}`;
    const mark = useMarkOf({ purpose: 'backchannel authentication', value, expiresAt: dateOfNumericDate(exp) }, now);
    return { parameters: claimsAsParameters(claims, invalidRequest), mark };
  }

  private async verified(jwt: string, client: RegisteredClient, alg: string): Promise<JsonObject> {
    const parsed = parseForeignJwt(jwt);
    if (!parsed || parsed.alg !== alg) throw invalidRequest(`Parameter 'request' must be a JWT signed with ${alg}.`);
    if (isOfAnotherKind(parsed.header.typ, JWT_KINDS.requestObject)) {
      throw invalidRequest(`The 'typ' of the signed request must be '${JWT_KINDS.requestObject}' or absent.`);
    }
    judgeMembers(jwt, invalidRequest);
    const { payload } = await this.keys.verify(client, jwt, { algorithms: [alg] }).catch((cause: unknown) => {
      throw invalidRequest('No key of the client verifies the signature of the signed request.', cause);
    });
    return payload;
  }
}

interface JudgeContext {
  client: RegisteredClient;
  issuer: string;
  now: Date;
}

/** CIBA Core §7.1.1. @throws OAuthError invalid_request */
function judgeClaims(claims: JsonObject, { client, issuer, now }: JudgeContext): { jti: string; exp: number } {
  if (hasTooManyClaims(claims)) throw invalidRequest(`The signed request may hold ${MAX_CLAIMS} claims.`);
  const required = ['exp', 'iat', 'nbf'] as const;
  const { exp, nbf = 0 } = judgeTimes(claims, { now, what: 'signed request', error: invalidRequest, required });
  if (exp - nbf > HOUR_SECONDS) {
    throw invalidRequest("Claim 'exp' of the signed request lies more than 60 minutes after 'nbf'.");
  }
  if (claims.iss !== client.clientId) throw invalidRequest("Claim 'iss' of the signed request must be the client id.");
  if (![claims.aud].flat().includes(issuer)) {
    throw invalidRequest("Claim 'aud' of the signed request must be the issuer of this server.");
  }
  if (claims.request !== undefined) throw invalidRequest("The signed request must not hold 'request' itself.");
  const { jti } = claims;
  if (typeof jti === 'string' && jti !== '' && jti.length <= MAX_JTI_CHARACTERS) return { jti, exp };
  throw invalidRequest(
    `Claim 'jti' of the signed request must be a text of 1 to ${MAX_JTI_CHARACTERS} characters, another one each time.`,
  );
}
