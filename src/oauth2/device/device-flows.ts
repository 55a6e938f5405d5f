/** Login and consent for a device: the protocol is that of a client with a redirect URI, only the last step differs. */
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Granted } from '../../consent/consents/granted.js';
import {
  type GrantedInteraction,
  type Interaction,
  type EndedBasis,
  replyOf,
} from '../../consent/interaction/interaction.js';
import { type FoundFlow, InteractionDispatcher } from '../../consent/interaction/interaction-dispatcher.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import { type AuthorizationRequest, readInteractionParameters } from '../../protocol/authorization-request.js';
import { accessDenied, OAuthError } from '../../protocol/oauth-error.js';
import { AuthorizationIssuance } from '../issuance/authorization-issuance.js';
import { type DeviceRecord, DeviceAuthorizations } from '../issuance/device-authorizations.js';
import { FreshClients } from '../issuance/fresh-clients.js';
import { sameClient } from '../issuance/same-client.js';
import { checkAsked } from './check-asked.js';
import { verificationAddress } from './verification-address.js';

/** Errors of the browser request that are no decision of the person: the device keeps waiting. */
const UNDECIDED = new Set(['request_forbidden', 'request_unauthorized', 'invalid_client', 'login_required']);

const OF_DEVICE = 'of the device';

interface Verifiers {
  login?: string;
  consent?: string;
}

@Injectable()
export class DeviceFlows {
  constructor(
    private readonly dispatcher: InteractionDispatcher,
    private readonly devices: DeviceAuthorizations,
    private readonly issuance: AuthorizationIssuance,
    private readonly clients: ClientsService,
    private readonly freshClients: FreshClients,
    private readonly config: ConfigHolder,
  ) {}

  /** Starts the login after a correct user code. */
  async begin(device: DeviceRecord, exchange: Exchange): Promise<Reply> {
    const { client } = await sameClient(this.clients, device.data, OF_DEVICE);
    return replyOf(await this.dispatcher.begin(this.request(device, exchange), client, exchange));
  }

  /** Continues when the browser returns from login or consent. */
  async resume(verifiers: Verifiers, exchange: Exchange): Promise<Reply> {
    const found = await this.dispatcher.find(verifiers);
    const device = found?.request.deviceAuthorization;
    if (!found || !device) throw accessDenied('The verifier is unknown. Start again on the device.');
    const proof = await sameClient(this.clients, { ...found.request, clientKey: found.clientKey }, OF_DEVICE);
    return this.freshClients.withFreshClient(proof, async (client) => {
      const interaction = await this.resumed(found, device, { client, exchange });
      return interaction.kind === 'redirect' ? replyOf(interaction) : this.approve(interaction, client, exchange);
    });
  }

  /** If the person refuses, the device gets access_denied (RFC 8628 §3.5). */
  private async resumed(
    found: FoundFlow,
    device: string,
    { client, exchange }: { client: RegisteredClient; exchange: Exchange },
  ): Promise<Interaction> {
    try {
      checkAsked(found.request, client, this.config.current); // it may have changed while the person logged in
      return await this.dispatcher.resume(found, client, exchange);
    } catch (error) {
      if (error instanceof OAuthError && !UNDECIDED.has(error.code)) await this.devices.decide(device, 'denied');
      throw error;
    }
  }

  private async approve(interaction: GrantedInteraction, client: RegisteredClient, exchange: Exchange): Promise<Reply> {
    const issued = await this.issue(interaction.granted, client, exchange);
    if (issued !== 'issued') return replyOf(await this.dispatcher.restart(interaction, issued, client, exchange));
    const { urls } = this.config.current;
    const success = new URL(urls.device.success, urls.self.public);
    success.searchParams.set('client_id', client.clientId);
    return replyOf({ location: success.toString(), cookies: interaction.cookies });
  }

  private async issue(granted: Granted, client: RegisteredClient, exchange: Exchange): Promise<'issued' | EndedBasis> {
    const id = granted.request.deviceAuthorization ?? '';
    const device = await this.devices.find(id);
    if (device?.data.state !== 'pending' || device.expiresAt <= exchange.arrivedAt) {
      throw accessDenied('The user code was used before or has expired. Start again on the device.');
    }
    const redeemedBy = { digest: Buffer.from(device.data.codeDigest, 'base64url'), expiresAt: device.expiresAt };
    const wanted = { code: false, accessToken: false, idToken: false, redeemedBy };
    const draft = this.issuance.draft(granted, client, new Date(), wanted);
    const issued = await this.issuance.issue(granted, client, draft);
    if (typeof issued === 'string') return issued;
    const { grantId } = issued;
    if (!(await this.devices.decide(id, { grantId }))) throw accessDenied('The user code was used before.');
    return 'issued';
  }

  private request(device: DeviceRecord, exchange: Exchange): AuthorizationRequest {
    const query = exchange.query();
    const kept = new URLSearchParams(query.entries().filter(([name]) => name !== 'device_verifier'));
    return {
      ...readInteractionParameters((name) => query.first(name)),
      clientId: device.data.clientId,
      clientDocument: device.data.clientDocument,
      responseTypes: ['device_code'],
      responseMode: 'query',
      redirectUri: '',
      redirectUriSent: false,
      scope: device.data.scope,
      audience: device.data.audience,
      resources: device.data.resources,
      authorizationDetails: device.data.authorizationDetails,
      state: '',
      requestUrl: `${verificationAddress(this.config.current)}?${kept.toString()}`,
      deviceAuthorization: device.id,
    };
  }
}
