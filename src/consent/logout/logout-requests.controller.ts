import { Controller, Get, HttpCode, Put } from '@nestjs/common';
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
import { jsonReply } from '../../http/replies/replies.js';
import type { Reply } from '../../http/replies/reply.js';
import { challengeOf } from '../requests/challenge-of.js';
import { OAuth2RedirectToDto, redirectToReply } from '../requests/redirect-to.dto.js';
import { OAuth2LogoutRequestDto } from './logout-request.dto.js';
import { LogoutRequests } from './logout-requests.js';

const CHALLENGE = { name: 'logout_challenge', description: 'OAuth 2.0 Logout Request Challenge', type: String };

@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/requests/logout')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
export class LogoutRequestsController {
  constructor(private readonly logouts: LogoutRequests) {}

  @Get()
  @ApiOperation({
    operationId: 'getOAuth2LogoutRequest',
    summary: 'Get OAuth 2.0 Session Logout Request',
  })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiOkResponse({ type: OAuth2LogoutRequestDto, description: 'oAuth2LogoutRequest' })
  async read(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const challenge = challengeOf(exchange, 'logout_challenge');
    return jsonReply(200, await this.logouts.read(challenge, exchange.arrivedAt));
  }

  @Put('accept')
  @ApiOperation({
    operationId: 'acceptOAuth2LogoutRequest',
    summary: 'Accept OAuth 2.0 Session Logout Request',
  })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiOkResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async accept(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const redirectTo = await this.logouts.accept(challengeOf(exchange, 'logout_challenge'), exchange);
    return redirectToReply({ kind: 'answered', redirectTo });
  }

  @Put('reject')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'rejectOAuth2LogoutRequest',
    summary: 'Reject OAuth 2.0 Session Logout Request',
  })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiNoContentResponse({ description: 'Empty responses are sent when, for example, resources are deleted.' })
  async reject(@HttpExchange() exchange: Exchange): Promise<void> {
    await this.logouts.reject(challengeOf(exchange, 'logout_challenge'), exchange);
  }
}
