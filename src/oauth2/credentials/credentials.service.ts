import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { type JsonObject, stringifyJson } from '../../protocol/json.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import type { ActiveAccessToken } from '../issuance/access-tokens.js';
import { CredentialNonces } from '../issuance/credential-nonces.js';
import { PresentedTokens } from '../issuance/presented-tokens.js';
import { requirePerson } from '../issuance/require-person.js';
import { FORMAT, readCredentialRequest } from './credential-request.js';
import type { VerifiableCredentialPrimingResponseDto, VerifiableCredentialResponseDto } from './credentials.dto.js';
import { verifyProof } from './verify-proof.js';

const LIFESPAN_SECONDS = 3600;

type Credential = (
  | { kind: 'issued'; body: VerifiableCredentialResponseDto }
  | { kind: 'missing_proof'; body: VerifiableCredentialPrimingResponseDto }
) & {
  /** In lower case. */
  headers?: Record<string, string>;
};

@Injectable()
export class CredentialsService {
  constructor(
    private readonly presented: PresentedTokens,
    private readonly nonces: CredentialNonces,
    private readonly signer: JwtSigner,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** @param body JSON. @throws OAuthError as userinfo does, and 400 for an invalid request or proof */
  async issue(exchange: Exchange, body: string, now: Date): Promise<Credential> {
    const { token, active, headers } = await this.presented.open(exchange, 'credentials', now);
    requirePerson(active, this.config.current.oauth2.userinfo);
    const jwt = readCredentialRequest(body);
    if (jwt === undefined) return { kind: 'missing_proof', body: this.priming(token, now), headers };
    const { jwk, nonce } = await verifyProof(jwt, now);
    if (!this.nonces.verify(nonce, token, now)) {
      throw invalidRequest('The nonce of the proof is unknown or has expired. Ask without a proof for a new one.');
    }
    const credential = await this.credential(active, jwk, now);
    const { clientId, subject, grantId } = active;
    this.events.publish({ type: 'credential.issued', at: now, clientId, subject, grantId });
    return { kind: 'issued', body: credential, headers };
  }

  private async credential(active: ActiveAccessToken, jwk: JWK, now: Date): Promise<VerifiableCredentialResponseDto> {
    const did = `did:jwk:${Buffer.from(stringifyJson(jwk)).toString('base64url')}`;
    const iat = numericDate(now);
    const claims: JsonObject = {
      iss: this.config.current.urls.self.issuer,
      sub: did,
      jti: randomUUID(),
      ...{ iat, nbf: iat, exp: iat + LIFESPAN_SECONDS },
      vc: {
        '@context': ['https://www.w3.org/2018/credentials/v1'],
        type: ['VerifiableCredential', 'UserInfoCredential'],
        credentialSubject: credentialSubject(active, did),
      },
    };
    return { format: FORMAT, credential_draft_00: await this.signer.sign(ID_TOKEN_KEY_SET, claims) };
  }

  private priming(token: string, now: Date): VerifiableCredentialPrimingResponseDto {
    const { nonce, expiresIn } = this.nonces.make(token, now);
    return {
      error: 'missing_proof',
      error_description: 'Proof of possession is missing. Sign the nonce with the key that the credential is for.',
      format: 'jwt_vc',
      c_nonce: nonce,
      c_nonce_expires_in: expiresIn,
    };
  }
}

function credentialSubject({ session, subject: sub }: ActiveAccessToken, did: string): JsonObject {
  const { subjectIdentifier, sid, idTokenClaims, userinfoClaims } = session;
  return { ...idTokenClaims, ...userinfoClaims, ...(sid ? { sid } : {}), id: did, sub: subjectIdentifier ?? sub };
}
