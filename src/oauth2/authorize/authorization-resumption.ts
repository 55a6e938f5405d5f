import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { replyOf } from '../../consent/interaction/interaction.js';
import { type FoundFlow, InteractionDispatcher } from '../../consent/interaction/interaction-dispatcher.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import type { AuthorizationDraft } from '../issuance/authorization-issuance.js';
import { FreshClients } from '../issuance/fresh-clients.js';
import { StaleClient } from '../issuance/authorized-access.js';
import { AuthorizationRequests } from './authorization-requests.js';
import { AuthorizationResponses } from './authorization-responses.js';
import { GrantedResponses } from './granted-responses.js';
import { type ResumedFlow, ResumedFlows, type Verifier } from './resumed-flows.js';

/** Continues a flow when the browser returns from login or consent: to the next app, or with a response to the client. */
@Injectable()
export class AuthorizationResumption {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly flows: ResumedFlows,
    private readonly freshClients: FreshClients,
    private readonly dispatcher: InteractionDispatcher,
    private readonly granted: GrantedResponses,
    private readonly responses: AuthorizationResponses,
  ) {}

  /**
   * Undefined if the verifier is unknown.
   * @throws OAuthError, which must not be sent to any address in the request
   */
  async resume(verifier: Verifier, parameters: FormParams, exchange: Exchange): Promise<Reply | undefined> {
    const flow = await this.flows.find(verifier, parameters);
    if (!flow) return undefined;
    return this.freshClients.withFreshClient(flow, (client) =>
      this.responses.orError({ client, target: flow.found.request }, exchange, () =>
        this.attempt(flow, client, exchange),
      ),
    );
  }

  /** The issuing statement checks that a cached client is current. Before an error is sent, the client is read again. */
  private async attempt(flow: ResumedFlow, client: RegisteredClient, exchange: Exchange): Promise<Reply> {
    try {
      return await this.continueFlow(flow.found, client, exchange);
    } catch (error) {
      const mayBeOld = flow.isRemembered && client === flow.client;
      throw mayBeOld && error instanceof OAuthError ? new StaleClient(client.clientId) : error;
    }
  }

  private async continueFlow(found: FoundFlow, client: RegisteredClient, exchange: Exchange): Promise<Reply> {
    this.requests.validateAnew({ ...found.request, client });
    let draft: AuthorizationDraft | undefined;
    const interaction = await this.dispatcher.resume(found, client, exchange, (granted) => {
      draft = this.granted.draft(granted, client);
      return draft.codeRecord;
    });
    if (interaction.kind === 'redirect') return replyOf(interaction);
    // An attempt that lost the race for the end of the flow has not stored its draft.
    const stored = interaction.isRepeated ? undefined : draft;
    const reply = await this.granted.answer(interaction, client, stored);
    if (typeof reply !== 'string') return reply;
    return replyOf(await this.dispatcher.restart(interaction, reply, client, exchange));
  }
}
