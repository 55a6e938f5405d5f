import { Injectable } from '@nestjs/common';
import { ClientKeys } from '../../clients/client-keys.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { signsMessages } from '../../clients/security-profile/security-profile.js';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { hasFormOfJwe } from '../../jwt/compact-jwe.js';
import { JweDecrypter } from '../../jwt/jwe-decrypter.js';
import { isSigningAlgorithm } from '../../keys/algorithms.js';
import type { JsonObject } from '../../protocol/json.js';
import {
  invalidRequest,
  invalidRequestObject,
  invalidRequestUri,
  type OAuthError,
} from '../../protocol/oauth-error.js';
import { judgeMembers } from '../issuance/request-claims.js';
import { RequestDocuments } from './request-documents.js';
import { requestObjectAudiences } from './request-object-audiences.js';
import { algorithmOf, judgeClaims, overlay, unsignedClaims, unsignedObject } from './request-object.js';
import {
  judgeAlgorithm,
  judgeForm,
  judgeResponseType,
  judgeStrictly,
  mustSign,
  parametersOf,
} from './strict-request-object.js';

/** Request objects by value and by reference: fetches them, verifies the signature, and applies their claims. */
@Injectable()
export class RequestObjects {
  constructor(
    private readonly keys: ClientKeys,
    private readonly documents: RequestDocuments,
    private readonly decrypter: JweDecrypter,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Returns the effective parameters: those of the request, replaced by the claims of the request object.
   * If the client must sign, or the request is pushed, the object replaces the whole request.
   * @throws OAuthError invalid_request, invalid_request_uri, invalid_request_object
   */
  async apply(parameters: FormParams, client: RegisteredClient, now: Date, isPushed = false): Promise<FormParams> {
    const [value, reference] = [parameters.first('request'), parameters.first('request_uri')];
    if (value !== undefined && reference !== undefined) {
      throw invalidRequest("Parameters 'request' and 'request_uri' exclude each other.");
    }
    const jwt = value ?? (reference === undefined ? undefined : await this.fetch(reference, client));
    if (jwt === undefined) return parameters;
    const { current } = this.config;
    const { clientId } = client;
    const isStrict = isPushed || mustSign(client, current);
    const claims = await this.prove(jwt, client, isStrict);
    judgeClaims(claims, { clientId, audiences: requestObjectAudiences(current), now });
    if (!isStrict) return overlay(parameters, claims);
    const { issuer } = current.urls.self;
    judgeStrictly(claims, { clientId, issuer, now, signsMessages: signsMessages(client, current) });
    const own = parametersOf(claims);
    if (!isPushed) judgeResponseType(parameters, own);
    return own;
  }

  /** Only addresses that the client registered are fetched, so that a request cannot make this server call others. */
  private async fetch(reference: string, client: RegisteredClient): Promise<string> {
    if (!client.metadata.request_uris.includes(reference)) {
      throw invalidRequestUri("Parameter 'request_uri' equals none of the request URIs of the client.");
    }
    return this.documents.read(reference, client);
  }

  private async prove(sent: string, client: RegisteredClient, isStrict: boolean): Promise<JsonObject> {
    const jwt = await this.opened(sent, client, isStrict);
    const { jwks, jwks_uri: jwksUri, request_object_signing_alg: demanded } = client.metadata;
    if (!jwks && !jwksUri && demanded !== 'none') {
      throw invalidRequest("A request object needs keys: register 'jwks' or 'jwks_uri' with the client.");
    }
    const alg = algorithmOf(jwt);
    if (demanded && alg !== demanded) {
      throw invalidRequestObject(`Its algorithm must be ${demanded}, as the client is registered.`);
    }
    if (isStrict) judgeAlgorithm(alg, client, this.config.current);
    // For a client that demands no signature, an unsigned object is as good as its plain parameters.
    if (alg === 'none') return unsignedClaims(jwt);
    if (!isSigningAlgorithm(alg)) throw invalidRequestObject(`The algorithm '${alg}' is not supported.`);
    const verified = await this.keys.verify(client, jwt, { algorithms: [alg] }).catch((error: unknown) => {
      throw badSignature(error);
    });
    return verified.payload;
  }

  /** The object as a JWT of the right form, whose signature is not verified yet. @throws OAuthError invalid_request_object */
  private async opened(sent: string, client: RegisteredClient, isStrict: boolean): Promise<string> {
    if (isStrict) judgeForm(sent);
    const jwt = await this.decrypted(sent, client);
    if (isStrict && jwt !== sent) judgeForm(jwt);
    // 'claims' and 'authorization_details' may be JSON in here, so what is refused in its text is refused here.
    if (isStrict || holdsJson(this.config.current)) judgeMembers(jwt, invalidRequestObject);
    return jwt;
  }

  /**
   * The object without its encryption (RFC 9101 §6.1). Unsigned claims become an unsigned object.
   * @throws OAuthError invalid_request_object, with one text for all faults, so that nobody learns how far decryption came
   */
  private async decrypted(sent: string, { metadata }: RegisteredClient): Promise<string> {
    if (!this.config.current.oauth2.encryption.enabled) return sent;
    const { request_object_encryption_alg: alg, request_object_encryption_enc: enc } = metadata;
    if (!hasFormOfJwe(sent)) {
      if (alg === undefined) return sent;
      throw invalidRequestObject(`It must be encrypted with ${alg}, as the client is registered.`);
    }
    const content = await this.decrypter.open(sent, {
      algs: alg === undefined ? undefined : [alg],
      encs: enc === undefined ? undefined : [enc],
    });
    if (content !== undefined) return content.startsWith('{') ? unsignedObject(content) : content;
    throw invalidRequestObject(
      "It cannot be decrypted: encrypt it to a key of 'jwks_uri' with the use enc, as discovery and the registration of the client say.",
    );
  }
}

function badSignature(cause: unknown): OAuthError {
  return invalidRequestObject('No key of the client verifies its signature.', cause);
}

/** Whether a claim may hold JSON for somebody else, who could read a member that comes twice differently. */
function holdsJson({ oauth2, oidc }: Configuration): boolean {
  return oidc.claims_parameter.enabled || oauth2.authorization_details.types.length > 0;
}
