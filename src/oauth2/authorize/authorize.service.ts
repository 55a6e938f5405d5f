import { Injectable } from '@nestjs/common';
import { replyOf } from '../../consent/interaction/interaction.js';
import { InteractionDispatcher } from '../../consent/interaction/interaction-dispatcher.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import { accessDenied } from '../../protocol/oauth-error.js';
import { AuthorizationRequests, targetOf } from './authorization-requests.js';
import { AuthorizationResponses } from './authorization-responses.js';
import type { BegunRequest } from './proven-request.js';
import { PushedVisits } from './pushed/pushed-visits.js';
import type { ReceivedRequest } from './read-parameters.js';
import { AuthorizationResumption } from './authorization-resumption.js';
import { type Verifier, verifierOf } from './resumed-flows.js';

/**
 * The authorization endpoint: the first request of a browser, and its return from login and from consent. The verifier in
 * the request distinguishes them.
 */
@Injectable()
export class AuthorizeService {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly pushed: PushedVisits,
    private readonly resumption: AuthorizationResumption,
    private readonly dispatcher: InteractionDispatcher,
    private readonly responses: AuthorizationResponses,
  ) {}

  /** @throws OAuthError that must not be sent to the client */
  async answer(exchange: Exchange): Promise<Reply> {
    const received = await this.requests.read(exchange);
    const verifier = verifierOf(received.parameters);
    const resumed = verifier && (await this.resumption.resume(verifier, received.parameters, exchange));
    return resumed ?? this.begin(received, exchange, verifier);
  }

  /** If the verifier of the request is unknown, but its client and redirect URI are valid, the client gets access_denied. */
  private async begin(received: ReceivedRequest, exchange: Exchange, unknown: Verifier | undefined): Promise<Reply> {
    const pushed = await this.pushed.begin(received.parameters, exchange);
    const { client, target, validate } = pushed ?? (await this.beginning(received, exchange));
    return this.responses.orError({ client, target }, exchange, async () => {
      if (unknown) {
        throw accessDenied('The verifier of login or consent is unknown: start again at the application.');
      }
      return replyOf(await this.dispatcher.begin(await validate(), client, exchange));
    });
  }

  private async beginning({ parameters, requestUrl }: ReceivedRequest, exchange: Exchange): Promise<BegunRequest> {
    const asked = await this.requests.prove(parameters, exchange);
    const validate = () => this.requests.validate(asked, requestUrl, exchange.arrivedAt);
    return { client: asked.client, target: targetOf(asked), validate };
  }
}
