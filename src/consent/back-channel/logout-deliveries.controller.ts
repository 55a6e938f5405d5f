import { Controller, Get, Query, UsePipes } from '@nestjs/common';
import { ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { Pagination } from '../../http/exchange/pagination.js';
import { validationPipe } from '../../http/exchange/validation-pipe.js';
import { jsonReply } from '../../http/replies/replies.js';
import type { Reply } from '../../http/replies/reply.js';
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

  /** The logout notifications and their results, newest first, kept for a week. An addition to Hydra. */
  @Get()
  @ApiOperation({
    operationId: 'listOAuth2LogoutDeliveries',
    summary: 'List Deliveries of Back-channel Logout',
  })
  @ApiQuery({ name: 'page_token', required: false, type: String, description: 'From the Link header of another page' })
  @ApiQuery({ name: 'page_size', required: false, schema: PAGE_SIZE })
  @ApiOkResponse({ type: [OAuth2LogoutDeliveryDto], description: 'oAuth2LogoutDeliveries' })
  async list(@Query() filter: ListLogoutDeliveriesDto, @HttpExchange() exchange: Exchange): Promise<Reply> {
    const { size, after } = this.pagination.parse(exchange, SCOPE, { toError: invalidRequest });
    const { rows, next } = await this.deliveries.list(filterOf(filter), { after, size });
    const query = exchange.query();
    const link = this.pagination.linkHeader({ scope: SCOPE, path: exchange.path, query, size, next });
    return jsonReply(200, rows.map(logoutDeliveryDocument), { link });
  }
}
