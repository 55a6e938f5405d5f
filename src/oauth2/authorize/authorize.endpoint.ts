import { Injectable } from '@nestjs/common';
import { replyOf } from '../../consent/interaction.js';
import { InteractionDispatcher } from '../../consent/interaction-dispatcher.js';
import { toOAuthError } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import type { FormParams } from '../../http/form-params.js';
import { accessDenied, OAuthError, temporarilyUnavailable } from '../../protocol/oauth-error.js';
import type { AuthorizationDraft } from '../issuance/authorization-issuance.js';
import { StaleClient } from '../issuance/right.js';
import { AuthorizationRequests, targetOf } from './authorization-requests.js';
import { ClientAnswers } from './client-answers.js';
import { FaultPages } from '../../http/fault-pages.js';
import { GrantedAnswers } from './granted-answers.js';
import type { Visit } from './read-parameters.js';
import { type ReturningFlow, ReturningFlows, type Verifier, verifierOf } from './returning-flows.js';

/**
 * GET and POST /oauth2/auth: the first visit of a browser, and its way back from login and from consent. Which of them
 * it is, the verifier tells.
 */
@Injectable()
export class AuthorizeEndpoint {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly returning: ReturningFlows,
    private readonly dispatcher: InteractionDispatcher,
    private readonly granted: GrantedAnswers,
    private readonly answers: ClientAnswers,
    private readonly faults: FaultPages,
  ) {}

  /** Never throws. */
  async handle(exchange: Exchange): Promise<Reply> {
    try {
      const visit = await this.requests.read(exchange);
      const verifier = verifierOf(visit.parameters);
      return verifier ? await this.comeBack(verifier, visit, exchange) : await this.begin(visit, exchange);
    } catch (error) {
      return this.faults.show(toOAuthError(error, exchange), exchange);
    }
  }

  private async begin({ parameters, requestUrl }: Visit, exchange: Exchange): Promise<Reply> {
    const asked = await this.requests.prove(parameters, exchange.arrivedAt);
    return this.answers.orError(targetOf(asked), exchange, async () => {
      const request = await this.requests.validate(asked, requestUrl);
      const interaction = await this.dispatcher.begin(request, asked.client, exchange);
      return replyOf(interaction);
    });
  }

  /** A client that may have changed is read afresh, and the visit judged once more by what it is now. */
  private async comeBack(verifier: Verifier, { parameters }: Visit, exchange: Exchange): Promise<Reply> {
    for (const clientMayBeOld of [true, false]) {
      const flow = await this.returning.find(verifier, parameters, clientMayBeOld);
      if (!flow) return this.deny(parameters, exchange);
      const reply = await this.answers.orError(flow.found.request, exchange, () => this.attempt(flow, exchange));
      if (reply !== 'judge afresh') return reply;
    }
    throw temporarilyUnavailable('The client is being changed at this moment: try again.');
  }

  /** The statement that issues proves the client; for an error that goes to its address nothing does but a fresh look. */
  private async attempt(flow: ReturningFlow, exchange: Exchange): Promise<Reply | 'judge afresh'> {
    try {
      return await this.resume(flow, exchange);
    } catch (error) {
      if (error instanceof StaleClient || (flow.isCached && error instanceof OAuthError)) return 'judge afresh';
      throw error;
    }
  }

  private async resume({ found, client }: ReturningFlow, exchange: Exchange): Promise<Reply> {
    this.requests.validateAnew({ ...found.request, client });
    let draft: AuthorizationDraft | undefined;
    const interaction = await this.dispatcher.resume(found, client, exchange, (granted) => {
      draft = this.granted.draft(granted, client);
      return draft.codeRecord;
    });
    if (interaction.kind === 'redirect') return replyOf(interaction);
    // A try that lost the race for the end of the flow has stored nothing of its draft.
    const stored = interaction.isRepeated ? undefined : draft;
    const reply = await this.granted.answer(interaction, client, stored);
    return reply === 'session ended' ? replyOf(await this.dispatcher.restart(interaction, client, exchange)) : reply;
  }

  /** A verifier that nobody gave out: where the address proves a client, that one is told. */
  private async deny(parameters: FormParams, exchange: Exchange): Promise<Reply> {
    const asked = await this.requests.prove(parameters, exchange.arrivedAt);
    const unknown = accessDenied('The verifier of login or consent is unknown: start again at the application.');
    return this.answers.answer(targetOf(asked), unknown.toParameters());
  }
}
