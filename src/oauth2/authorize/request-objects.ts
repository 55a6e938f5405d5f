import { Injectable } from '@nestjs/common';
import { ClientKeys } from '../../clients/client-keys.js';
import { mayReachPrivate } from '../../clients/private-reach.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { FormParams } from '../../http/form-params.js';
import { Outbound } from '../../http/outbound.js';
import { isSigningAlgorithm } from '../../keys/algorithms.js';
import type { JsonObject } from '../../protocol/json.js';
import {
  invalidRequest,
  invalidRequestObject,
  invalidRequestUri,
  type OAuthError,
} from '../../protocol/oauth-error.js';
import { algorithmOf, judgeClaims, overlay, unsignedClaims } from './request-object.js';

const FETCH_TIMEOUT_MS = 5_000;

/** Request objects by value and by reference: fetches, proves the signature, puts their claims in force. */
@Injectable()
export class RequestObjects {
  constructor(
    private readonly keys: ClientKeys,
    private readonly outbound: Outbound,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * The parameters in force: those sent, with the claims of the request object in their place.
   * @throws OAuthError invalid_request, invalid_request_uri, invalid_request_object
   */
  async apply(parameters: FormParams, client: RegisteredClient, now: Date): Promise<FormParams> {
    const [value, reference] = [parameters.first('request'), parameters.first('request_uri')];
    if (value !== undefined && reference !== undefined) {
      throw invalidRequest("Parameters 'request' and 'request_uri' exclude each other.");
    }
    const jwt = value ?? (reference === undefined ? undefined : await this.fetch(reference, client));
    if (jwt === undefined) return parameters;
    const claims = await this.prove(jwt, client);
    judgeClaims(claims, client.clientId, now);
    return overlay(parameters, claims);
  }

  /** Only addresses that the client registered are fetched: no request makes this server call elsewhere. */
  private async fetch(reference: string, client: RegisteredClient): Promise<string> {
    const { metadata } = client;
    if (!metadata.request_uris.includes(reference)) {
      throw invalidRequestUri("Parameter 'request_uri' equals none of the request URIs of the client.");
    }
    const { current } = this.config;
    const request = {
      url: reference,
      headers: { accept: 'application/oauth-authz-req+jwt, application/jwt' },
      timeoutMs: FETCH_TIMEOUT_MS,
      maxBytes: current.limits.form,
      allowPrivate: mayReachPrivate(metadata, current),
    };
    const { status, text } = await this.outbound.fetch(request).catch((error: unknown) => {
      throw invalidRequestUri("The address in parameter 'request_uri' could not be fetched.", error);
    });
    if (status !== 200) throw invalidRequestUri(`The address in parameter 'request_uri' answered ${status}, not 200.`);
    return text.trim();
  }

  private async prove(jwt: string, client: RegisteredClient): Promise<JsonObject> {
    const { jwks, jwks_uri: jwksUri, request_object_signing_alg: demanded } = client.metadata;
    if (!jwks && !jwksUri && demanded !== 'none') {
      throw invalidRequest("A request object needs keys: register 'jwks' or 'jwks_uri' with the client.");
    }
    const alg = algorithmOf(jwt);
    if (demanded && alg !== demanded) {
      throw invalidRequestObject(`Its algorithm must be ${demanded}, as the client is registered.`);
    }
    // A client that demands no signature gains nothing by one: its plain parameters are unsigned as well.
    if (alg === 'none') return unsignedClaims(jwt);
    if (!isSigningAlgorithm(alg)) throw invalidRequestObject(`The algorithm '${alg}' is not supported.`);
    const verified = await this.keys.verify(client, jwt, { algorithms: [alg] }).catch((error: unknown) => {
      throw badSignature(error);
    });
    return verified.payload;
  }
}

function badSignature(cause: unknown): OAuthError {
  return invalidRequestObject('No key of the client verifies its signature.', cause);
}
