import { Injectable } from '@nestjs/common';
import type { ClientProof } from '../../clients/authentication/client-proof.js';
import { ClientsService } from '../../clients/clients.service.js';
import { introducedBy } from '../../clients/metadata-documents/introduced-client.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Configuration } from '../../config/configuration.js';
import { type FoundFlow, InteractionDispatcher } from '../../consent/interaction/interaction-dispatcher.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { invalidClient, invalidRequest } from '../../protocol/oauth-error.js';
import { mayUseRedirectUri } from './checks/check-redirect-uri.js';

/** The verifier that the login or consent app adds to the address of the request to send the browser back. */
export type Verifier = { login: string } | { consent: string };

/** A flow and its client. The key of the client in the flow proves that it is the same one. */
export interface ResumedFlow extends ClientProof {
  readonly found: FoundFlow;
  /** Whether the client comes from the cache and may have changed in the last seconds. */
  readonly isRemembered: boolean;
}

/** The verifier of the request. If both are sent, the login verifier counts. */
export function verifierOf(parameters: FormParams): Verifier | undefined {
  const [login, consent] = [parameters.first('login_verifier'), parameters.first('consent_verifier')];
  if (login !== undefined) return { login };
  return consent === undefined ? undefined : { consent };
}

/** Finds the flow that a browser continues. The stored request counts, not the other parameters of the address. */
@Injectable()
export class ResumedFlows {
  constructor(
    private readonly dispatcher: InteractionDispatcher,
    private readonly clients: ClientsService,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * The flow and its client; undefined if the verifier is unknown, or belongs to a device flow.
   * @throws OAuthError, which must not be sent to the client: the client was deleted, is not the one in the address, or
   * no longer has the redirect URI
   */
  async find(verifier: Verifier, parameters: FormParams): Promise<ResumedFlow | undefined> {
    const found = await this.dispatcher.find(verifier);
    if (!found || found.request.deviceAuthorization !== undefined) return undefined;
    const { clientId } = found.request;
    if ((parameters.first('client_id') ?? clientId) !== clientId) {
      throw invalidClient("Parameter 'client_id' differs from the client for which the user logged in.");
    }
    const holdsFor: ClientProof['holdsFor'] = (client) => clientOf(found, client, this.config.current);
    const remembered = found.isAccepted ? this.clients.remembered(clientId) : undefined; // a rejection is sent to the client at once
    const client = remembered && (await holdsFor(remembered).catch(() => undefined));
    if (client) return { found, client, isRemembered: true, holdsFor };
    // The flow may be newer than the cached client.
    return { found, client: await holdsFor(await this.clients.find(clientId)), isRemembered: false, holdsFor };
  }
}

/** Returns the client if the response may still be sent to it. */
function clientOf(
  { request, clientKey }: FoundFlow,
  stored: RegisteredClient | undefined,
  configuration: Configuration,
): Promise<RegisteredClient> {
  const client = stored ?? introducedBy(request);
  if (!client?.isOf(clientKey)) {
    return Promise.reject(invalidClient('The client was deleted while the user logged in.'));
  }
  if (mayUseRedirectUri(client, request, configuration)) return Promise.resolve(client);
  return Promise.reject(invalidRequest('The redirect URI was taken off the client while the user logged in.'));
}
