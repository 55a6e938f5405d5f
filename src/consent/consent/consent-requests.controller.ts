import { Body, Controller, Get, Put, Res, UsePipes } from '@nestjs/common';
import {
  ApiBody,
  ApiDefaultResponse,
  ApiGoneResponse,
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
import { validationPipe } from '../../http/validation-pipe.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { challengeOf } from '../flow/challenge-of.js';
import { OAuth2RedirectToDto, redirectToReply } from '../flow/redirect-to.dto.js';
import { RejectOAuth2RequestDto } from '../flow/reject-request.dto.js';
import { AcceptOAuth2ConsentRequestDto } from './accept-consent-request.dto.js';
import { OAuth2ConsentRequestDto } from './consent-request.dto.js';
import { ConsentRequests } from './consent-requests.js';

const CHALLENGE = { name: 'consent_challenge', description: 'OAuth 2.0 Consent Request Challenge', type: String };

@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/requests/consent')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
@UsePipes(validationPipe(invalidRequest))
export class ConsentRequestsController {
  constructor(private readonly consents: ConsentRequests) {}

  @Get()
  @ApiOperation({ operationId: 'getOAuth2ConsentRequest', summary: 'Get OAuth 2.0 Consent Request' })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiOkResponse({ type: OAuth2ConsentRequestDto, description: 'oAuth2ConsentRequest' })
  @ApiGoneResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async read(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    const found = await this.consents.read(challengeOf(exchange, 'consent_challenge'), exchange.arrivedAt);
    respond(response, found.kind === 'gone' ? redirectToReply(found) : jsonReply(200, found.document));
  }

  @Put('accept')
  @ApiOperation({ operationId: 'acceptOAuth2ConsentRequest', summary: 'Accept OAuth 2.0 Consent Request' })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiBody({ type: AcceptOAuth2ConsentRequestDto, required: false })
  @ApiOkResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async accept(
    @HttpExchange() exchange: Exchange,
    @Body() dto: AcceptOAuth2ConsentRequestDto,
    @Res() response: Response,
  ): Promise<void> {
    const challenge = challengeOf(exchange, 'consent_challenge');
    respond(response, redirectToReply(await this.consents.accept(challenge, dto, exchange)));
  }

  @Put('reject')
  @ApiOperation({ operationId: 'rejectOAuth2ConsentRequest', summary: 'Reject OAuth 2.0 Consent Request' })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiBody({ type: RejectOAuth2RequestDto, required: false })
  @ApiOkResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async reject(
    @HttpExchange() exchange: Exchange,
    @Body() dto: RejectOAuth2RequestDto,
    @Res() response: Response,
  ): Promise<void> {
    const challenge = challengeOf(exchange, 'consent_challenge');
    respond(response, redirectToReply(await this.consents.reject(challenge, dto, exchange)));
  }
}
