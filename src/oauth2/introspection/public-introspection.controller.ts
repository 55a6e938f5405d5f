import { Controller, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { notAuthenticated } from '../../clients/authentication/authentication-method.js';
import { ClientAuthentication } from '../../clients/authentication/client-authentication.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { Paced } from '../../clients/paced.js';
import { parseParameters } from '../../http/exchange/declared-parameters.js';
import { eachOnce } from '../../http/exchange/each-once.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { notFoundReply } from '../../http/replies/not-found.js';
import { oauthReply } from '../../http/replies/oauth-reply.js';
import { jsonReply } from '../../http/replies/replies.js';
import type { Reply } from '../../http/replies/reply.js';
import { IntrospectionJwts } from './introspection-jwts.js';
import { INTROSPECTION_PARAMETERS, IntrospectionService } from './introspection.service.js';
import { OnMutualTls } from '../../http/listener/routes/route-places.js';

/**
 * Introspection on the public listener (RFC 7662 §2.1). The route is not in the OpenAPI document, because it exists only
 * if the configuration enables it.
 */
@ApiExcludeController()
@Paced('introspection')
@OnMutualTls()
@Controller('oauth2/introspect')
export class PublicIntrospectionController {
  constructor(
    private readonly introspection: IntrospectionService,
    private readonly authentication: ClientAuthentication,
    private readonly jwts: IntrospectionJwts,
    private readonly config: ConfigHolder,
  ) {}

  @Post()
  async introspect(@HttpExchange() exchange: Exchange): Promise<Reply> {
    if (!this.config.current.oauth2.introspection.public) return notFoundReply(exchange);
    return oauthReply(exchange, () => this.answer(exchange));
  }

  /** A public client is refused, because it cannot authenticate: otherwise anybody could scan for tokens. */
  private async answer(exchange: Exchange): Promise<Reply> {
    const form = eachOnce(await exchange.form());
    const { client } = await this.authentication.authenticate(exchange, form);
    if (client.isPublic) throw notAuthenticated(new Error('A public client may not introspect.'));
    const asJwt = this.jwts.isWanted(client, exchange.headers.accept);
    const now = new Date();
    const answer = await this.introspection.introspect(parseParameters(INTROSPECTION_PARAMETERS, form), now, client);
    return asJwt ? this.jwts.reply(answer, client, now) : jsonReply(200, answer);
  }
}
