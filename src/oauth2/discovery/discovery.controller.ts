import { Controller, Get, Res } from '@nestjs/common';
import { ApiDefaultResponse, ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { respond } from '../../http/replies.js';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import { OidcConfigurationDto } from './discovery.dto.js';
import { DiscoveryEndpoint } from './discovery.endpoint.js';

@ApiTags('oidc')
@Controller('.well-known')
export class DiscoveryController {
  constructor(private readonly endpoint: DiscoveryEndpoint) {}

  @Get('openid-configuration')
  @ApiOperation({ operationId: 'discoverOidcConfiguration', summary: 'OpenID Connect Discovery' })
  @ApiOkResponse({ type: OidcConfigurationDto, description: 'oidcConfiguration' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async openid(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }

  /** RFC 8414: the same document. */
  @Get('oauth-authorization-server')
  @ApiExcludeEndpoint()
  async oauth(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }
}
