import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiDefaultResponse, ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConfigHolder } from '../../config/config-holder.js';
import { CorsOfClients } from '../../http/listener/cors/cors-of-clients.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import { jsonReply } from '../../http/replies/replies.js';
import { oauthReply } from '../../http/replies/oauth-reply.js';
import { Reply } from '../../http/replies/reply.js';
import { resourceChallenge } from '../sender-constraint/dpop/dpop-challenge.js';
import { OnMutualTls } from '../../http/listener/routes/route-places.js';
import { OidcUserInfoDto } from './userinfo.dto.js';
import { UserinfoService } from './userinfo.service.js';

/** OpenID Connect Core §5.3. */
@ApiTags('oidc')
@CorsOfClients('bearer token')
@OnMutualTls()
@Controller('userinfo')
export class UserinfoController {
  constructor(
    private readonly userinfo: UserinfoService,
    private readonly config: ConfigHolder,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'getOidcUserInfo', summary: 'OpenID Connect Userinfo' })
  @ApiOkResponse({ type: OidcUserInfoDto, description: 'oidcUserInfo' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  get(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return oauthReply(exchange, () => this.answer(exchange), resourceChallenge(exchange, this.config.current));
  }

  @Post()
  @HttpCode(200)
  @ApiExcludeEndpoint()
  post(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return this.get(exchange);
  }

  private async answer(exchange: Exchange): Promise<Reply> {
    const { headers, ...answer } = await this.userinfo.userinfo(exchange, new Date());
    if (answer.kind === 'json') return jsonReply(200, answer.claims, headers);
    return new Reply(200, { 'content-type': 'application/jwt', ...headers }, answer.jwt);
  }
}
