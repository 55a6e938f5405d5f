import { Controller, Get, Put, Res } from '@nestjs/common';
import {
  ApiDefaultResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { jsonReply, respond } from '../../http/replies.js';
import { challengeOf } from '../flow/challenge-of.js';
import { OAuth2RedirectToDto, redirectToReply } from '../flow/redirect-to.dto.js';
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
  async read(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    const challenge = challengeOf(exchange, 'logout_challenge');
    respond(response, jsonReply(200, await this.logouts.read(challenge, exchange.arrivedAt)));
  }

  @Put('accept')
  @ApiOperation({
    operationId: 'acceptOAuth2LogoutRequest',
    summary: 'Accept OAuth 2.0 Session Logout Request',
  })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiOkResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async accept(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    const redirectTo = await this.logouts.accept(challengeOf(exchange, 'logout_challenge'), exchange);
    respond(response, redirectToReply({ kind: 'answered', redirectTo }));
  }

  @Put('reject')
  @ApiOperation({
    operationId: 'rejectOAuth2LogoutRequest',
    summary: 'Reject OAuth 2.0 Session Logout Request',
  })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiNoContentResponse({ description: 'Empty responses are sent when, for example, resources are deleted.' })
  async reject(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    await this.logouts.reject(challengeOf(exchange, 'logout_challenge'), exchange);
    respond(response, { status: 204 });
  }
}
