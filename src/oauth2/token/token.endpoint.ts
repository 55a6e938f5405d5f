import { Injectable } from '@nestjs/common';
import { errorReply } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { jsonReply, noStore } from '../../http/replies.js';
import { TokenService } from './token.service.js';

/** POST /oauth2/token: no cache may keep an answer, good or bad (RFC 6749 §5.1). */
@Injectable()
export class TokenEndpoint {
  constructor(private readonly tokens: TokenService) {}

  async handle(exchange: Exchange): Promise<Reply> {
    try {
      return noStore(jsonReply(200, await this.tokens.exchange(exchange)));
    } catch (error) {
      return noStore(errorReply(error, exchange));
    }
  }
}
