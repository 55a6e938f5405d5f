import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiDefaultResponse, ApiFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Paced } from '../../clients/paced.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { FaultPages } from '../../http/replies/fault-pages.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { oauthReply } from '../../http/replies/oauth-reply.js';
import { jsonReply } from '../../http/replies/replies.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Reply } from '../../http/replies/reply.js';
import { OnMutualTls } from '../../http/listener/routes/route-places.js';
import { DeviceAuthorizationDto } from './device.dto.js';
import { DeviceAuthorizationService } from './device-authorization.service.js';
import { DeviceVerificationService } from './device-verification.service.js';

@ApiTags('oAuth2')
@Controller('oauth2/device')
export class DeviceController {
  constructor(
    private readonly authorization: DeviceAuthorizationService,
    private readonly verification: DeviceVerificationService,
    private readonly faults: FaultPages,
  ) {}

  @Paced('device_authorization')
  @OnMutualTls()
  @Post('auth')
  @HttpCode(200)
  @ApiOperation({ operationId: 'oAuth2DeviceFlow', summary: 'The OAuth 2.0 Device Authorize Endpoint' })
  @ApiOkResponse({ type: DeviceAuthorizationDto, description: 'deviceAuthorization' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  authorize(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return oauthReply(exchange, async () => jsonReply(200, await this.authorization.authorize(exchange)));
  }

  @Get('verify')
  @ApiOperation({
    operationId: 'performOAuth2DeviceVerificationFlow',
    summary: 'OAuth 2.0 Device Verification Endpoint',
  })
  @ApiFoundResponse({
    description: 'Redirects to the page for the code, to login, to consent, or to the success page.',
  })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  verify(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return this.faults.orPage(exchange, () => this.verification.answer(exchange));
  }
}
