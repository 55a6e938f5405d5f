import { Injectable } from '@nestjs/common';
import { replyOf } from '../../consent/interaction/interaction.js';
import { InteractionDispatcher } from '../../consent/interaction/interaction-dispatcher.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import { AuthorizationRequests, targetOf } from './authorization-requests.js';
import { AuthorizationResponses } from './authorization-responses.js';
import type { ReceivedRequest } from './read-parameters.js';
import { AuthorizationResumption } from './authorization-resumption.js';
import { verifierOf } from './resumed-flows.js';

/**
 * The authorization endpoint: the first request of a browser, and its return from login and from consent. The verifier in
 * the request distinguishes them.
 */
@Injectable()
export class AuthorizeService {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly resumption: AuthorizationResumption,
    private readonly dispatcher: InteractionDispatcher,
    private readonly responses: AuthorizationResponses,
  ) {}

  /** @throws OAuthError that must not be sent to the client */
  async answer(exchange: Exchange): Promise<Reply> {
    const received = await this.requests.read(exchange);
    const verifier = verifierOf(received.parameters);
    if (verifier) return this.resumption.resume(verifier, received.parameters, exchange);
    return this.begin(received, exchange);
  }

  private async begin({ parameters, requestUrl }: ReceivedRequest, exchange: Exchange): Promise<Reply> {
    const asked = await this.requests.prove(parameters, exchange.arrivedAt);
    return this.responses.orError(targetOf(asked), exchange, async () => {
      const request = await this.requests.validate(asked, requestUrl, exchange.arrivedAt);
      const interaction = await this.dispatcher.begin(request, asked.client, exchange);
      return replyOf(interaction);
    });
  }
}
