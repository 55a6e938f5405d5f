import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { type FoundFlow, InteractionDispatcher } from '../../consent/interaction-dispatcher.js';
import type { FormParams } from '../../http/form-params.js';
import { invalidClient, invalidRequest, OAuthError } from '../../protocol/oauth-error.js';
import { matchRedirectUri } from '../../protocol/redirect-uri.js';

/** What an app adds to the address of the request to send the browser back. */
export type Verifier = { login: string } | { consent: string };

export interface ReturningFlow {
  found: FoundFlow;
  client: RegisteredClient;
  /** The client may have changed in the last seconds. */
  isCached: boolean;
}

/** Where both are sent, the login verifier counts. */
export function verifierOf(parameters: FormParams): Verifier | undefined {
  const [login, consent] = [parameters.first('login_verifier'), parameters.first('consent_verifier')];
  if (login !== undefined) return { login };
  return consent === undefined ? undefined : { consent };
}

/** Flows to which a browser comes back. The stored request counts; what the address says beside it does not. */
@Injectable()
export class ReturningFlows {
  constructor(
    private readonly dispatcher: InteractionDispatcher,
    private readonly clients: ClientsService,
  ) {}

  /**
   * The flow and its client; undefined where the verifier leads to none, or to one of a device.
   * @throws OAuthError, which must not go to the client: it is gone, or is not the one that the address names, or no
   * longer has the redirect URI
   */
  async find(verifier: Verifier, parameters: FormParams, clientMayBeOld: boolean): Promise<ReturningFlow | undefined> {
    const found = await this.dispatcher.find(verifier);
    if (!found || found.request.deviceAuthorization !== undefined) return undefined;
    const { clientId } = found.request;
    if ((parameters.first('client_id') ?? clientId) !== clientId) {
      throw invalidClient("Parameter 'client_id' differs from the client for which the user logged in.");
    }
    const isCached = clientMayBeOld && found.isAccepted; // a refusal goes to the client at once
    const client = isCached ? await this.clients.cached(clientId) : await this.clients.find(clientId);
    const judged = judge(client, found);
    if (!(judged instanceof OAuthError)) return { found, client: judged, isCached };
    if (!isCached) throw judged;
    return this.find(verifier, parameters, false); // the flow may be younger than what is cached of its client
  }
}

/** The client where the answer may go to it still. */
function judge(client: RegisteredClient | undefined, { request, clientKey }: FoundFlow): RegisteredClient | OAuthError {
  if (client?.key !== clientKey) return invalidClient('The client was deleted while the user logged in.');
  if (matchRedirectUri(client.redirectUris, request.redirectUri) !== undefined) return client;
  return invalidRequest('The redirect URI was taken off the client while the user logged in.');
}
