import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import {
  ApiDefaultResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { Pagination } from '../../http/exchange/pagination.js';
import { jsonReply } from '../../http/replies/replies.js';
import type { Reply } from '../../http/replies/reply.js';
import { invalidRequest, OAuthError } from '../../protocol/oauth-error.js';
import { Consents } from './consents.js';
import { ConsentRevocation } from './consent-revocation.js';
import { consentSelectionOf } from './consent-selection.js';
import { consentSessionDocument, OAuth2ConsentSessionDto } from './consent-session.dto.js';

const SCOPE = 'consent sessions';
/** The error of Hydra for a page token of another list. */
const invalidPage = (hint: string): OAuthError =>
  new OAuthError('invalid pagination token', { status: 400, description: hint });

@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/sessions/consent')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
export class ConsentSessionsController {
  constructor(
    private readonly consents: Consents,
    private readonly revocation: ConsentRevocation,
    private readonly pagination: Pagination,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listOAuth2ConsentSessions', summary: 'List OAuth 2.0 Consent Sessions of a Subject' })
  @ApiQuery({ name: 'page_size', required: false, schema: { type: 'integer', format: 'int64', default: 250 } })
  @ApiQuery({ name: 'page_token', required: false, type: String })
  @ApiQuery({ name: 'subject', required: true, type: String })
  @ApiQuery({ name: 'login_session_id', required: false, type: String })
  @ApiOkResponse({ type: [OAuth2ConsentSessionDto], description: 'oAuth2ConsentSessions' })
  async list(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const query = exchange.query();
    const subject = query.first('subject');
    if (subject === undefined) throw invalidRequest("Query parameter 'subject' is missing.");
    const page = this.pagination.parse(exchange, SCOPE, { toError: invalidPage });
    const filter = { subject, loginSessionId: query.first('login_session_id'), ...page };
    const { consents, next } = await this.consents.list(filter, exchange.arrivedAt);
    const link = this.pagination.linkHeader({ scope: SCOPE, path: exchange.path, query, size: page.size, next });
    return jsonReply(200, consents.map(consentSessionDocument), consents.length ? { link } : {});
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeOAuth2ConsentSessions',
    summary: 'Revoke OAuth 2.0 Consent Sessions of a Subject',
  })
  @ApiQuery({ name: 'subject', required: false, type: String })
  @ApiQuery({ name: 'client', required: false, type: String })
  @ApiQuery({ name: 'consent_request_id', required: false, type: String })
  @ApiQuery({ name: 'all', required: false, type: Boolean })
  @ApiNoContentResponse({ description: 'Empty responses are sent when, for example, resources are deleted.' })
  async revoke(@HttpExchange() exchange: Exchange): Promise<void> {
    const selection = consentSelectionOf(exchange.query());
    if (selection) await this.revocation.revoke(selection, exchange);
  }
}
