import { Controller, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { respond } from '../../http/replies.js';
import { PublicIntrospectionEndpoint } from './public-introspection.endpoint.js';

/** The OpenAPI document describes what every server serves: this route is there by configuration only. */
@ApiExcludeController()
@Controller('oauth2/introspect')
export class PublicIntrospectionController {
  constructor(private readonly endpoint: PublicIntrospectionEndpoint) {}

  @Post()
  async introspect(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.handle(exchange));
  }
}
