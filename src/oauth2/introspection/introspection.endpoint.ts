import { Injectable } from '@nestjs/common';
import { errorReply } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { jsonReply, noStore } from '../../http/replies.js';
import { IntrospectionService } from './introspection.service.js';

/** POST /admin/oauth2/introspect (RFC 7662). The admin listener has no authentication of its own. */
@Injectable()
export class IntrospectionEndpoint {
  constructor(private readonly introspection: IntrospectionService) {}

  async handle(exchange: Exchange): Promise<Reply> {
    try {
      const form = await exchange.form();
      const answer = await this.introspection.introspect(form.first('token') ?? '', form.first('scope'), new Date());
      return noStore(jsonReply(200, answer));
    } catch (error) {
      return noStore(errorReply(error, exchange));
    }
  }
}
