import { Controller, Get, Put } from '@nestjs/common';
import {
  ApiBody,
  ApiDefaultResponse,
  ApiGoneResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { JsonBodies } from '../../http/exchange/json-bodies.js';
import type { Reply } from '../../http/replies/reply.js';
import { challengeOf } from './challenge-of.js';
import { OAuth2RedirectToDto, redirectToReply, requestReply } from './redirect-to.dto.js';
import { RejectOAuth2RequestDto } from './reject-request.dto.js';
import { AcceptOAuth2LoginRequestDto } from './accept-login-request.dto.js';
import { OAuth2LoginRequestDto } from './login-request.dto.js';
import { LoginRequests } from './login-requests.js';

const CHALLENGE = { name: 'login_challenge' as const, description: 'OAuth 2.0 Login Request Challenge', type: String };

@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/requests/login')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
export class LoginRequestsController {
  constructor(
    private readonly requests: LoginRequests,
    private readonly bodies: JsonBodies,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'getOAuth2LoginRequest', summary: 'Get OAuth 2.0 Login Request' })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiOkResponse({ type: OAuth2LoginRequestDto, description: 'oAuth2LoginRequest' })
  @ApiGoneResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async read(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return requestReply(await this.requests.read(challengeOf(exchange, CHALLENGE.name), exchange.arrivedAt));
  }

  @Put('accept')
  @ApiOperation({ operationId: 'acceptOAuth2LoginRequest', summary: 'Accept OAuth 2.0 Login Request' })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiBody({ type: AcceptOAuth2LoginRequestDto, required: false })
  @ApiOkResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  @ApiGoneResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async accept(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const dto = await this.bodies.read(exchange, AcceptOAuth2LoginRequestDto);
    return redirectToReply(await this.requests.accept(challengeOf(exchange, CHALLENGE.name), dto, exchange));
  }

  @Put('reject')
  @ApiOperation({ operationId: 'rejectOAuth2LoginRequest', summary: 'Reject OAuth 2.0 Login Request' })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiBody({ type: RejectOAuth2RequestDto, required: false })
  @ApiOkResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  @ApiGoneResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async reject(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const dto = await this.bodies.read(exchange, RejectOAuth2RequestDto);
    return redirectToReply(await this.requests.reject(challengeOf(exchange, CHALLENGE.name), dto, exchange));
  }
}
