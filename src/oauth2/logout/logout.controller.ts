import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { respond } from '../../http/replies.js';
import { LogoutEndpoint } from './logout.endpoint.js';

@ApiTags('oidc')
@Controller('oauth2/sessions/logout')
export class LogoutController {
  constructor(private readonly endpoint: LogoutEndpoint) {}

  @Get()
  @ApiOperation({
    operationId: 'revokeOidcSession',
    summary: 'OpenID Connect Front- and Back-channel Enabled Logout',
  })
  @ApiFoundResponse({ description: 'The browser goes on: to the logout app, to the client, to the default page.' })
  async get(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }

  @Post()
  @HttpCode(302)
  @ApiExcludeEndpoint()
  async post(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }
}
