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
import { loginSessionDocument, OAuth2LoginSessionDto } from './login-session.dto.js';
import { SessionEnd } from './session-end.js';
import { SessionList } from './session-list.js';

const SCOPE = 'login sessions';
const PAGE_SIZE = { type: 'integer', minimum: 1, maximum: 500, default: 100 } as const;

@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/sessions/login')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
export class LoginSessionsController {
  constructor(
    private readonly sessions: SessionEnd,
    private readonly lists: SessionList,
    private readonly pagination: Pagination,
  ) {}

  /** The login sessions of a person that have not ended, newest first. An addition to Hydra. */
  @Get()
  @ApiOperation({ operationId: 'listOAuth2LoginSessions', summary: 'List OAuth 2.0 Login Sessions of a Subject' })
  @ApiQuery({ name: 'page_token', required: false, type: String, description: 'From the Link header of another page' })
  @ApiQuery({ name: 'page_size', required: false, schema: PAGE_SIZE })
  @ApiQuery({ name: 'subject', required: true, type: String })
  @ApiOkResponse({ type: [OAuth2LoginSessionDto], description: 'oAuth2LoginSessions' })
  async list(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const query = exchange.query();
    const subject = query.first('subject');
    if (!subject)
      throw invalidRequest("Query parameter 'subject' is missing: name the person whose logins are listed.");
    const page = this.pagination.parse(exchange, SCOPE, { toError: invalidRequest });
    const { sessions, next } = await this.lists.page({ subject, ...page }, exchange.arrivedAt);
    const link = this.pagination.linkHeader({ scope: SCOPE, path: exchange.path, query, size: page.size, next });
    return jsonReply(200, sessions.map(loginSessionDocument), { link });
  }

  /** One login session. An addition to Hydra. */
  @Get(':sid')
  @ApiOperation({ operationId: 'getOAuth2LoginSession', summary: 'Get an OAuth 2.0 Login Session' })
  @ApiParam({ name: 'sid', type: String, description: 'Claim sid of an ID token' })
  @ApiOkResponse({ type: OAuth2LoginSessionDto, description: 'oAuth2LoginSession' })
  @ApiNotFoundResponse({ type: ErrorOAuth2Dto, description: 'The session is unknown or has ended.' })
  async read(@Param('sid') sid: string, @HttpExchange() exchange: Exchange): Promise<Reply> {
    const row = await this.lists.read(sid, exchange.arrivedAt);
    return jsonReply(200, loginSessionDocument(row));
  }

  /**
   * Ends sessions, remembered or not; their clients are notified through the back channel. Tokens and consents stay valid;
   * the browsers keep a cookie without effect.
   */
  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeOAuth2LoginSessions',
    summary: 'Revokes OAuth 2.0 Login Sessions by either a Subject or a SessionID',
  })
  @ApiQuery({ name: 'subject', required: false, type: String })
  @ApiQuery({ name: 'sid', required: false, type: String })
  @ApiNoContentResponse({ description: 'Empty responses are sent when, for example, resources are deleted.' })
  async revoke(@HttpExchange() exchange: Exchange): Promise<void> {
    const query = exchange.query();
    const [sid, subject] = [query.first('sid'), query.first('subject')];
    if (sid !== undefined) await this.sessions.end(sid, exchange);
    else if (subject !== undefined) await this.sessions.endAllOf(subject, exchange);
    else throw invalidRequest("Name the sessions with query parameter 'sid' or 'subject'.");
  }
}
