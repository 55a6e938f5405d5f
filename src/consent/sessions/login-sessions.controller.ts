import { Controller, Delete, Res } from '@nestjs/common';
import { ApiDefaultResponse, ApiNoContentResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { respond } from '../../http/replies.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { SessionEnd } from './session-end.js';

@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/sessions/login')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
export class LoginSessionsController {
  constructor(private readonly sessions: SessionEnd) {}

  /** Tokens and consents outlive it; browsers keep a cookie that no longer counts. */
  @Delete()
  @ApiOperation({
    operationId: 'revokeOAuth2LoginSessions',
    summary: 'Revokes OAuth 2.0 Login Sessions by either a Subject or a SessionID',
  })
  @ApiQuery({ name: 'subject', required: false, type: String })
  @ApiQuery({ name: 'sid', required: false, type: String })
  @ApiNoContentResponse({ description: 'Empty responses are sent when, for example, resources are deleted.' })
  async revoke(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    const query = exchange.query();
    const [sid, subject] = [query.first('sid'), query.first('subject')];
    if (sid !== undefined) await this.sessions.end(sid, exchange, { onlyRemembered: true });
    else if (subject !== undefined) await this.sessions.endAllOf(subject, exchange);
    else throw invalidRequest("Name the sessions with query parameter 'sid' or 'subject'.");
    respond(response, { status: 204 });
  }
}
