import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ResponseEncryption } from '../../clients/response-encryption.js';
import { ResponseAlgorithms } from '../../clients/security-profile/response-algorithms.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { type JsonObject, stringifyJson } from '../../protocol/json.js';
import { numericDate } from '../../protocol/numeric-date.js';

/** JSON, or a signed JWT or a JWE. */
export type Userinfo = { kind: 'json'; claims: JsonObject } | { kind: 'jwt'; jwt: string };

/** Gives userinfo the form that the client registered: signed, encrypted, both or neither (OpenID Connect Core §5.3.2). */
@Injectable()
export class UserinfoForms {
  constructor(
    private readonly signer: JwtSigner,
    private readonly algorithms: ResponseAlgorithms,
    private readonly encryption: ResponseEncryption,
  ) {}

  /** @throws OAuthError if no key can sign or encrypt */
  async of(client: RegisteredClient, claims: JsonObject, now: Date): Promise<Userinfo> {
    const encrypt = await this.encryption.prepare(client, 'userinfo');
    const { userinfo_signed_response_alg: registered } = client.metadata;
    if (registered === 'none') {
      return encrypt ? { kind: 'jwt', jwt: await encrypt(stringifyJson(claims)) } : { kind: 'json', claims };
    }
    const alg = await this.algorithms.of(client, registered);
    const signed = { ...claims, iat: numericDate(now), jti: randomUUID() };
    const jwt = await this.signer.sign(ID_TOKEN_KEY_SET, signed, { alg });
    return { kind: 'jwt', jwt: encrypt ? await encrypt(jwt, 'JWT') : jwt };
  }
}
