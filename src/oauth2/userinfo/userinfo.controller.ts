import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiDefaultResponse, ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { respond } from '../../http/replies.js';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import { OidcUserInfoDto } from './userinfo.dto.js';
import { UserinfoEndpoint } from './userinfo.endpoint.js';

@ApiTags('oidc')
@Controller('userinfo')
export class UserinfoController {
  constructor(private readonly endpoint: UserinfoEndpoint) {}

  @Get()
  @ApiOperation({ operationId: 'getOidcUserInfo', summary: 'OpenID Connect Userinfo' })
  @ApiOkResponse({ type: OidcUserInfoDto, description: 'oidcUserInfo' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async get(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }

  @Post()
  @HttpCode(200)
  @ApiExcludeEndpoint()
  async post(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }
}
