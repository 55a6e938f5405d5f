import { Controller, Get, Res } from '@nestjs/common';
import { ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ErrorOAuth2Dto } from '../http/error.dto.js';
import type { Exchange } from '../http/exchange.js';
import { HttpExchange } from '../http/http-exchange.js';
import { respond } from '../http/replies.js';
import { JsonWebKeySetDto } from './json-web-key.dto.js';
import { JwksEndpoint } from './jwks.endpoint.js';

@ApiTags('wellknown')
@Controller('.well-known/jwks.json')
export class JwksController {
  constructor(private readonly endpoint: JwksEndpoint) {}

  /** The public keys that verify ID tokens, logout tokens, signed userinfo and JWT access tokens. */
  @Get()
  @ApiOperation({ operationId: 'discoverJsonWebKeys', summary: 'Discover Well-Known JSON Web Keys' })
  @ApiOkResponse({ type: JsonWebKeySetDto, description: 'jsonWebKeySet' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async publish(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }
}
