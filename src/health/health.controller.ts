import { Controller, Get, Res } from '@nestjs/common';
import {
  ApiInternalServerErrorResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { GenericErrorDto } from '../http/error.dto.js';
import type { Exchange } from '../http/exchange.js';
import { HttpExchange } from '../http/http-exchange.js';
import { respond } from '../http/replies.js';
import { HealthNotReadyStatusDto, HealthStatusDto } from './health.dto.js';
import { HealthEndpoint } from './health.endpoint.js';

@ApiTags('metadata')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthEndpoint) {}

  /** Answers as soon as the process accepts requests, whatever else is out of order: a probe for restarts. */
  @Get('alive')
  @ApiOperation({ operationId: 'isAlive', summary: 'Check HTTP Server Status' })
  @ApiOkResponse({ type: HealthStatusDto, description: 'The server accepts connections.' })
  @ApiInternalServerErrorResponse({ type: GenericErrorDto, description: 'genericError' })
  alive(@HttpExchange() exchange: Exchange, @Res() response: Response): void {
    respond(response, this.health.alive(exchange));
  }

  /** Answers 200 when requests can be served: the database answers and is migrated. A probe for load balancers. */
  @Get('ready')
  @ApiOperation({ operationId: 'isReady', summary: 'Check HTTP Server and Database Status' })
  @ApiOkResponse({ type: HealthStatusDto, description: 'The server is ready to accept requests.' })
  @ApiServiceUnavailableResponse({ type: HealthNotReadyStatusDto, description: 'The server is not ready.' })
  async ready(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.health.ready(exchange));
  }
}
