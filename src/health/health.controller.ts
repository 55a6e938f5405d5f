import { Controller, Get } from '@nestjs/common';
import {
  ApiInternalServerErrorResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { GenericErrorDto } from '../http/replies/error.dto.js';
import type { Exchange } from '../http/exchange/exchange.js';
import { HttpExchange } from '../http/exchange/http-exchange.js';
import { OnBothListeners } from '../http/listener/routes/route-places.js';
import { jsonReply } from '../http/replies/replies.js';
import type { Reply } from '../http/replies/reply.js';
import { HealthNotReadyStatusDto, HealthStatusDto } from './health.dto.js';
import { type Obstacles, Readiness } from './readiness.js';

const OK = jsonReply(200, { status: 'ok' });

@ApiTags('metadata')
@OnBothListeners()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Answers as soon as the process accepts requests, whatever else is out of order: a probe for restarts. */
  @Get('alive')
  @ApiOperation({ operationId: 'isAlive', summary: 'Check HTTP Server Status' })
  @ApiOkResponse({ type: HealthStatusDto, description: 'The server accepts connections.' })
  @ApiInternalServerErrorResponse({ type: GenericErrorDto, description: 'genericError' })
  alive(): Reply {
    return OK;
  }

  /** Answers 200 when requests can be served: the database takes writes and is migrated, the signing keys open. A probe for load balancers. */
  @Get('ready')
  @ApiOperation({ operationId: 'isReady', summary: 'Check HTTP Server and Database Status' })
  @ApiOkResponse({ type: HealthStatusDto, description: 'The server is ready to accept requests.' })
  @ApiServiceUnavailableResponse({ type: HealthNotReadyStatusDto, description: 'The server is not ready.' })
  async ready(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const obstacles = await this.readiness.obstacles();
    if (Object.keys(obstacles).length === 0) return OK;
    return jsonReply(503, { errors: exchange.listener === 'admin' ? obstacles : withoutDetails(obstacles) });
  }
}

/** The 503 names the failed checks; only administrators see the details. */
function withoutDetails(obstacles: Obstacles): Obstacles {
  return Object.fromEntries(Object.keys(obstacles).map((name) => [name, 'not available']));
}
