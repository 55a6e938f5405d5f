import type { Type } from '@nestjs/common';
import type { Exchange, Reply } from '../../http/exchange.js';
import { JsonBodies } from '../../http/json-bodies.js';
import { jsonReply } from '../../http/replies.js';
import { challengeOf } from './challenge-of.js';
import type { Answered, FlowStep, Gone } from './flow-requests.js';
import { redirectToReply } from './redirect-to.dto.js';
import { RejectOAuth2RequestDto } from './reject-request.dto.js';

/** The requests of one step, as its app reads and answers them. */
interface Requests<Accepting> {
  read(challenge: string, now: Date): Promise<{ kind: 'open'; document: object } | Gone>;
  accept(challenge: string, dto: Accepting, exchange: Exchange): Promise<Answered>;
  reject(challenge: string, dto: RejectOAuth2RequestDto, exchange: Exchange): Promise<Answered>;
}

/** GET …/requests/{login,consent}, PUT …/accept and …/reject: the same three for both steps. */
export abstract class FlowRequestsEndpoint<Accepting extends object> {
  protected constructor(
    private readonly step: FlowStep,
    private readonly requests: Requests<Accepting>,
    private readonly acceptDto: Type<Accepting>,
    private readonly bodies: JsonBodies,
  ) {}

  /** @throws OAuthError 404, 401: see FlowRequests */
  async read(exchange: Exchange): Promise<Reply> {
    const found = await this.requests.read(this.challenge(exchange), exchange.arrivedAt);
    return found.kind === 'gone' ? redirectToReply(found) : jsonReply(200, found.document);
  }

  /** @throws OAuthError 400, 404, 401 */
  async accept(exchange: Exchange): Promise<Reply> {
    const dto = await this.bodies.read(exchange, this.acceptDto);
    return redirectToReply(await this.requests.accept(this.challenge(exchange), dto, exchange));
  }

  /** @throws OAuthError 400, 404, 401 */
  async reject(exchange: Exchange): Promise<Reply> {
    const dto = await this.bodies.read(exchange, RejectOAuth2RequestDto);
    return redirectToReply(await this.requests.reject(this.challenge(exchange), dto, exchange));
  }

  private challenge(exchange: Exchange): string {
    return challengeOf(exchange, `${this.step}_challenge`);
  }
}
