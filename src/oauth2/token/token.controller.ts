import { Controller, Post, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { respond } from '../../http/replies.js';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import { OAuth2TokenExchangeDto, TokenRequestForm } from './token.dto.js';
import { TokenEndpoint } from './token.endpoint.js';

@ApiTags('oAuth2')
@Controller('oauth2/token')
export class TokenController {
  constructor(private readonly endpoint: TokenEndpoint) {}

  @Post()
  @ApiOperation({ operationId: 'oauth2TokenExchange', summary: 'The OAuth 2.0 Token Endpoint' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: TokenRequestForm })
  @ApiOkResponse({ type: OAuth2TokenExchangeDto, description: 'oAuth2TokenExchange' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async token(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }
}
