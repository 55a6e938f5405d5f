import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Exchange } from '../../http/exchange/exchange.js';
import { FaultPages } from '../../http/replies/fault-pages.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import { LogoutService } from './logout.service.js';

/** Errors are shown on the error page and are never sent to a client. */
@ApiTags('oidc')
@Controller('oauth2/sessions/logout')
export class LogoutController {
  constructor(
    private readonly service: LogoutService,
    private readonly faults: FaultPages,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'revokeOidcSession',
    summary: 'OpenID Connect Front- and Back-channel Enabled Logout',
  })
  @ApiOkResponse({ description: 'A page that tells applications of the logout by the front channel.' })
  @ApiFoundResponse({ description: 'Redirects to the logout app, to the client, or to the default page.' })
  get(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return this.faults.orPage(exchange, () => this.service.answer(exchange));
  }

  @Post()
  @HttpCode(302)
  @ApiExcludeEndpoint()
  post(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return this.get(exchange);
  }
}
