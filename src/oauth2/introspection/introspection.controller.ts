import { Controller, Post, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { respond } from '../../http/replies.js';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import { IntrospectedOAuth2TokenDto, IntrospectionForm } from './introspection.dto.js';
import { IntrospectionEndpoint } from './introspection.endpoint.js';

@ApiTags('oAuth2')
@Controller('admin/oauth2/introspect')
export class IntrospectionController {
  constructor(private readonly endpoint: IntrospectionEndpoint) {}

  @Post()
  @ApiOperation({ operationId: 'introspectOAuth2Token', summary: 'Introspect OAuth2 Access and Refresh Tokens' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: IntrospectionForm })
  @ApiOkResponse({ type: IntrospectedOAuth2TokenDto, description: 'introspectedOAuth2Token' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async introspect(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }
}
