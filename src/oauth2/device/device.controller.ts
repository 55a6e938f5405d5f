import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiDefaultResponse, ApiFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { respond } from '../../http/replies.js';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import { DeviceAuthorizationDto } from './device.dto.js';
import { DeviceAuthorizationEndpoint } from './device-authorization.endpoint.js';
import { DeviceVerificationEndpoint } from './device-verification.endpoint.js';

@ApiTags('oAuth2')
@Controller('oauth2/device')
export class DeviceController {
  constructor(
    private readonly authorization: DeviceAuthorizationEndpoint,
    private readonly verification: DeviceVerificationEndpoint,
  ) {}

  @Post('auth')
  @HttpCode(200)
  @ApiOperation({ operationId: 'oAuth2DeviceFlow', summary: 'The OAuth 2.0 Device Authorize Endpoint' })
  @ApiOkResponse({ type: DeviceAuthorizationDto, description: 'deviceAuthorization' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async authorize(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.authorization.handle(exchange));
  }

  @Get('verify')
  @ApiOperation({
    operationId: 'performOAuth2DeviceVerificationFlow',
    summary: 'OAuth 2.0 Device Verification Endpoint',
  })
  @ApiFoundResponse({ description: 'The browser goes on: to the page for the code, to login, to consent, to success.' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async verify(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, await this.verification.handle(exchange));
  }
}
