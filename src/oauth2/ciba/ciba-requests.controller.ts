import { Body, Controller, Get, HttpCode, Put, Query, UseGuards, UsePipes } from '@nestjs/common';
import {
  ApiBody,
  ApiDefaultResponse,
  ApiGoneResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { AcceptOAuth2CibaRequestDto, RejectOAuth2CibaRequestDto } from '../../consent/ciba/answer-ciba-request.dto.js';
import { OAuth2CibaRequestDto } from '../../consent/ciba/ciba-request.dto.js';
import { validationPipe } from '../../http/exchange/validation-pipe.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { CibaAnswers } from './ciba-answers.js';
import { CibaEnabledGuard } from './ciba-enabled.guard.js';

const CHALLENGE = { name: 'ciba_challenge', description: 'Challenge of the request', type: String, required: true };
const GONE = { type: ErrorOAuth2Dto, description: 'The request was answered or has expired.' };

/** The API for the app that asks people. It exists only while oidc.ciba.enabled is true. Hydra does not have these endpoints. */
@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/requests/ciba')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
@UseGuards(CibaEnabledGuard)
@UsePipes(validationPipe(invalidRequest))
export class CibaRequestsController {
  constructor(private readonly answers: CibaAnswers) {}

  @Get()
  @ApiOperation({ operationId: 'getOAuth2CibaRequest', summary: 'Get Backchannel Authentication Request' })
  @ApiQuery(CHALLENGE)
  @ApiOkResponse({ type: OAuth2CibaRequestDto, description: 'oAuth2CibaRequest' })
  @ApiGoneResponse(GONE)
  read(@Query('ciba_challenge') challenge: unknown): Promise<OAuth2CibaRequestDto> {
    return this.answers.read(challengeOf(challenge), new Date());
  }

  @Put('accept')
  @HttpCode(204)
  @ApiOperation({ operationId: 'acceptOAuth2CibaRequest', summary: 'Accept Backchannel Authentication Request' })
  @ApiQuery(CHALLENGE)
  @ApiBody({ type: AcceptOAuth2CibaRequestDto })
  @ApiNoContentResponse({ description: 'The client can fetch its tokens.' })
  @ApiGoneResponse(GONE)
  accept(@Query('ciba_challenge') challenge: unknown, @Body() body: AcceptOAuth2CibaRequestDto): Promise<void> {
    return this.answers.accept(challengeOf(challenge), body, new Date());
  }

  @Put('reject')
  @HttpCode(204)
  @ApiOperation({ operationId: 'rejectOAuth2CibaRequest', summary: 'Reject Backchannel Authentication Request' })
  @ApiQuery(CHALLENGE)
  @ApiBody({ type: RejectOAuth2CibaRequestDto })
  @ApiNoContentResponse({ description: 'The client gets the error.' })
  @ApiGoneResponse(GONE)
  reject(@Query('ciba_challenge') challenge: unknown, @Body() body: RejectOAuth2CibaRequestDto): Promise<void> {
    return this.answers.reject(challengeOf(challenge), body, new Date());
  }
}

/** @throws OAuthError invalid_request without a challenge */
function challengeOf(challenge: unknown): string {
  if (typeof challenge === 'string' && challenge !== '') return challenge;
  throw invalidRequest("Query parameter 'ciba_challenge' is missing.");
}
