import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import {
  ApiDefaultResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { Pagination } from '../../http/exchange/pagination.js';
import { jsonReply } from '../../http/replies/replies.js';
import type { Reply } from '../../http/replies/reply.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { LiveGrants } from '../issuance/live-grants.js';
import { grantDocument, OAuth2GrantDto } from './authorization-grant.dto.js';
import { GrantRevocation } from './grant-revocation.js';
import { grantFilterOf } from './grant-selection.js';

const SCOPE = 'grants';
const PAGE_SIZE = { type: 'integer', minimum: 1, maximum: 500, default: 100 } as const;

/** The live grants that people gave to clients. Hydra does not have these endpoints. */
@ApiTags('oAuth2')
@Controller('admin/oauth2/grants')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
export class AuthorizationGrantsController {
  constructor(
    private readonly grants: LiveGrants,
    private readonly revocation: GrantRevocation,
    private readonly pagination: Pagination,
  ) {}

  /** Lists the live grants of a subject, of a client, or of both, newest first. */
  @Get()
  @ApiOperation({ operationId: 'listOAuth2Grants', summary: 'List live OAuth 2.0 Grants of a Subject or a Client' })
  @ApiQuery({ name: 'page_token', required: false, type: String, description: 'From the Link header of another page' })
  @ApiQuery({ name: 'page_size', required: false, schema: PAGE_SIZE })
  @ApiQuery({
    name: 'login_session_id',
    required: false,
    type: String,
    description: 'With subject: only the grants of this login session',
  })
  @ApiQuery({ name: 'client', required: false, type: String, description: 'OAuth 2.0 Client ID' })
  @ApiQuery({ name: 'subject', required: false, type: String, description: 'Required unless client is given' })
  @ApiOkResponse({ type: [OAuth2GrantDto], description: 'oAuth2Grants' })
  async list(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const query = exchange.query();
    const filter = grantFilterOf(query);
    const page = this.pagination.parse(exchange, SCOPE, { toError: invalidRequest });
    const { grants, next } = await this.grants.list(filter, page, exchange.arrivedAt);
    const link = this.pagination.linkHeader({ scope: SCOPE, path: exchange.path, query, size: page.size, next });
    return jsonReply(200, grants.map(grantDocument), { link });
  }

  /** Revokes one grant with all its tokens. The consent stays. */
  @Delete(':id')
  @HttpCode(204)
  @ApiParam({ name: 'id', type: String, description: 'Id of the grant' })
  @ApiOperation({ operationId: 'revokeOAuth2Grant', summary: 'Revoke an OAuth 2.0 Grant with its Tokens' })
  @ApiNoContentResponse({ description: 'Empty. No token of the grant is active any more.' })
  @ApiNotFoundResponse({ type: ErrorOAuth2Dto, description: 'The grant is unknown, or was revoked before.' })
  async revoke(@Param('id') id: string, @HttpExchange() exchange: Exchange): Promise<void> {
    await this.revocation.revoke(id, exchange);
  }
}
