import { Injectable } from '@nestjs/common';
import { errorReply } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { jsonReply, noStore } from '../../http/replies.js';
import { GrantMetrics } from '../../observability/grant-metrics.js';
import { TokenService } from './token.service.js';

/** POST /oauth2/token: no cache may keep an answer, good or bad (RFC 6749 §5.1). */
@Injectable()
export class TokenEndpoint {
  constructor(
    private readonly tokens: TokenService,
    private readonly metrics: GrantMetrics,
  ) {}

  async handle(exchange: Exchange): Promise<Reply> {
    const startedAt = performance.now();
    const reply = await this.answer(exchange);
    this.metrics.completed(await this.grantOf(exchange), reply.status, performance.now() - startedAt);
    return noStore(reply);
  }

  private async answer(exchange: Exchange): Promise<Reply> {
    try {
      return jsonReply(200, await this.tokens.exchange(exchange));
    } catch (error) {
      return errorReply(error, exchange);
    }
  }

  /** What strangers write makes no series of its own. */
  private async grantOf(exchange: Exchange): Promise<string> {
    const form = await exchange.form().catch(() => undefined); // read before: it is remembered
    return this.tokens.knownGrantType(form?.first('grant_type')) ?? 'unknown';
  }
}
