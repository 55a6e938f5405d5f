import { Controller, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Paced } from '../../clients/paced.js';
import { CorsOfClients } from '../../http/listener/cors/cors-of-clients.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { oauthReply } from '../../http/replies/oauth-reply.js';
import { jsonReply } from '../../http/replies/replies.js';
import { GrantMetrics } from '../../observability/grant-metrics.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Reply } from '../../http/replies/reply.js';
import { OnMutualTls } from '../../http/listener/routes/route-places.js';
import { OAuth2TokenExchangeDto, TokenRequestForm } from './token.dto.js';
import { TokenService } from './token.service.js';

@ApiTags('oAuth2')
@CorsOfClients('client authentication')
@Paced('token')
@OnMutualTls()
@Controller('oauth2/token')
export class TokenController {
  constructor(
    private readonly tokens: TokenService,
    private readonly metrics: GrantMetrics,
  ) {}

  @Post()
  @ApiOperation({ operationId: 'oauth2TokenExchange', summary: 'The OAuth 2.0 Token Endpoint' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: TokenRequestForm })
  @ApiOkResponse({ type: OAuth2TokenExchangeDto, description: 'oAuth2TokenExchange' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async token(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const startedAt = performance.now();
    const reply = await oauthReply(exchange, async () => {
      const { response, headers } = await this.tokens.exchange(exchange);
      return jsonReply(200, response, headers);
    });
    await exchange.timing.answerIsDue();
    this.metrics.completed(await this.grantOf(exchange), reply.status, performance.now() - startedAt);
    return reply;
  }

  /** An unknown grant type gets no metric series of its own. */
  private async grantOf(exchange: Exchange): Promise<string> {
    const form = await exchange.form().catch(() => undefined); // the form was parsed before and is cached
    return this.tokens.knownGrantType(form?.first('grant_type')) ?? 'unknown';
  }
}
