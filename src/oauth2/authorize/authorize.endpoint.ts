import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Interaction } from '../../consent/interaction.js';
import { InteractionDispatcher } from '../../consent/interaction-dispatcher.js';
import { toOAuthError } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import type { FormParams } from '../../http/form-params.js';
import { noStore, redirectReply } from '../../http/replies.js';
import { accessDenied } from '../../protocol/oauth-error.js';
import { AuthorizationRequests, targetOf } from './authorization-requests.js';
import { ClientAnswers } from './client-answers.js';
import { FaultPages } from '../../http/fault-pages.js';
import { GrantedAnswers } from './granted-answers.js';
import type { Visit } from './read-parameters.js';
import { ReturningFlows, type Verifier, verifierOf } from './returning-flows.js';

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
      return this.follow(await this.dispatcher.begin(request, asked.client, exchange), asked.client);
    });
  }

  private async comeBack(verifier: Verifier, { parameters }: Visit, exchange: Exchange): Promise<Reply> {
    const flow = await this.returning.find(verifier, parameters);
    if (!flow) return this.deny(parameters, exchange);
    const { found, client } = flow;
    return this.answers.orError(found.request, exchange, async () => {
      return this.follow(await this.dispatcher.resume(found, client, exchange), client);
    });
  }

  /** A verifier that nobody gave out: where the address proves a client, that one is told. */
  private async deny(parameters: FormParams, exchange: Exchange): Promise<Reply> {
    const asked = await this.requests.prove(parameters, exchange.arrivedAt);
    const unknown = accessDenied('The verifier of login or consent is unknown: start again at the application.');
    return this.answers.answer(targetOf(asked), unknown.toParameters());
  }

  private async follow(interaction: Interaction, client: RegisteredClient): Promise<Reply> {
    if (interaction.kind === 'granted') return this.granted.answer(interaction, client, new Date());
    return noStore(redirectReply(302, interaction.location, { cookies: interaction.cookies }));
  }
}
