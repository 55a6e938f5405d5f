import { Injectable } from '@nestjs/common';
import { ClientAuthentication } from '../../clients/authentication/client-authentication.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { errorReply } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { notFoundReply } from '../../http/not-found.js';
import { jsonReply, noStore } from '../../http/replies.js';
import { invalidClient } from '../../protocol/oauth-error.js';
import { type Introspection, IntrospectionService } from './introspection.service.js';

/**
 * POST /oauth2/introspect on the public listener (RFC 7662 §2.1), where the configuration opens it. A public client
 * proves nothing when it names itself, so it may not ask: that would let anybody scan for tokens.
 */
@Injectable()
export class PublicIntrospectionEndpoint {
  constructor(
    private readonly introspection: IntrospectionService,
    private readonly authentication: ClientAuthentication,
    private readonly config: ConfigHolder,
  ) {}

  async handle(exchange: Exchange): Promise<Reply> {
    if (!this.config.current.oauth2.introspection.public) return notFoundReply(exchange);
    try {
      return noStore(jsonReply(200, await this.answer(exchange)));
    } catch (error) {
      return noStore(errorReply(error, exchange));
    }
  }

  private async answer(exchange: Exchange): Promise<Introspection> {
    const form = await exchange.form();
    const client = await this.authentication.authenticate(exchange, form);
    if (client.isPublic) throw invalidClient('Introspect as a client that authenticates with a secret or a key.');
    return this.introspection.introspect(form.first('token') ?? '', form.first('scope'), new Date(), client);
  }
}
