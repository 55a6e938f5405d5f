import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiDefaultResponse, ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { respond } from '../../http/replies.js';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import { AuthorizeEndpoint } from './authorize.endpoint.js';

@ApiTags('oAuth2')
@Controller('oauth2/auth')
export class AuthorizeController {
  constructor(private readonly endpoint: AuthorizeEndpoint) {}

  @Get()
  @ApiOperation({
    operationId: 'oAuth2Authorize',
    summary: 'OAuth 2.0 Authorize Endpoint',
    description: 'Browsers are sent here by applications (RFC 6749 §3.1). No program calls it.',
  })
  @ApiResponse({ status: 302, description: 'To the login app, the consent app, or the error page.' })
  @ApiResponse({ status: 303, description: 'Back to the application.' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async authorize(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }

  /** OpenID Connect Core §3.1.2.1: the same request in a form. */
  @Post()
  @ApiExcludeEndpoint()
  async authorizeByForm(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }
}
