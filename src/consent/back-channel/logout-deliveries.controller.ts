import { Controller, Get, Query, Res, UsePipes } from '@nestjs/common';
import { ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { Pagination } from '../../http/pagination.js';
import { jsonReply, respond } from '../../http/replies.js';
import { validationPipe } from '../../http/validation-pipe.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import {
  filterOf,
  ListLogoutDeliveriesDto,
  logoutDeliveryDocument,
  OAuth2LogoutDeliveryDto,
} from './logout-delivery.dto.js';
import { LogoutDeliveries } from './logout-deliveries.js';

const SCOPE = 'logout deliveries';
const PAGE_SIZE = { type: 'integer', minimum: 1, maximum: 500, default: 100 } as const;

@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/sessions/logout/deliveries')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
@UsePipes(validationPipe(invalidRequest))
export class LogoutDeliveriesController {
  constructor(
    private readonly deliveries: LogoutDeliveries,
    private readonly pagination: Pagination,
  ) {}

  /** Who was told of which logout, newest first; kept for a week. An addition to the reference. */
  @Get()
  @ApiOperation({
    operationId: 'listOAuth2LogoutDeliveries',
    summary: 'List Deliveries of Back-channel Logout',
  })
  @ApiQuery({ name: 'page_token', required: false, type: String, description: 'From the Link header of another page' })
  @ApiQuery({ name: 'page_size', required: false, schema: PAGE_SIZE })
  @ApiOkResponse({ type: [OAuth2LogoutDeliveryDto], description: 'oAuth2LogoutDeliveries' })
  async list(
    @Query() filter: ListLogoutDeliveriesDto,
    @HttpExchange() exchange: Exchange,
    @Res() response: Response,
  ): Promise<void> {
    const { size, after } = this.pagination.parse(exchange, SCOPE, { toError: invalidRequest });
    const { rows, next } = await this.deliveries.list(filterOf(filter), { after, size });
    const query = exchange.query();
    const link = this.pagination.linkHeader({ scope: SCOPE, path: exchange.path, query, size, next });
    respond(response, jsonReply(200, rows.map(logoutDeliveryDocument), { link }));
  }
}
