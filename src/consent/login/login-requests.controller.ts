import { Controller, Get, Put, Res } from '@nestjs/common';
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
import { respond } from '../../http/replies.js';
import { OAuth2RedirectToDto } from '../flow/redirect-to.dto.js';
import { RejectOAuth2RequestDto } from '../flow/reject-request.dto.js';
import { AcceptOAuth2LoginRequestDto } from './accept-login-request.dto.js';
import { OAuth2LoginRequestDto } from './login-request.dto.js';
import { LoginRequestsEndpoint } from './login-requests.endpoint.js';

const CHALLENGE = { name: 'login_challenge', description: 'OAuth 2.0 Login Request Challenge', type: String };

@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/requests/login')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
export class LoginRequestsController {
  constructor(private readonly endpoint: LoginRequestsEndpoint) {}

  @Get()
  @ApiOperation({ operationId: 'getOAuth2LoginRequest', summary: 'Get OAuth 2.0 Login Request' })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiOkResponse({ type: OAuth2LoginRequestDto, description: 'oAuth2LoginRequest' })
  @ApiGoneResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async read(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.read(exchange));
  }

  @Put('accept')
  @ApiOperation({ operationId: 'acceptOAuth2LoginRequest', summary: 'Accept OAuth 2.0 Login Request' })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiBody({ type: AcceptOAuth2LoginRequestDto, required: false })
  @ApiOkResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async accept(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.accept(exchange));
  }

  @Put('reject')
  @ApiOperation({ operationId: 'rejectOAuth2LoginRequest', summary: 'Reject OAuth 2.0 Login Request' })
  @ApiQuery({ ...CHALLENGE, required: true })
  @ApiBody({ type: RejectOAuth2RequestDto, required: false })
  @ApiOkResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  async reject(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.endpoint.reject(exchange));
  }
}
