import { Controller, Get, Post } from '@nestjs/common';
import { ApiDefaultResponse, ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Exchange } from '../../http/exchange/exchange.js';
import { FaultPages } from '../../http/replies/fault-pages.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Reply } from '../../http/replies/reply.js';
import { AuthorizeService } from './authorize.service.js';

@ApiTags('oAuth2')
@Controller('oauth2/auth')
export class AuthorizeController {
  constructor(
    private readonly service: AuthorizeService,
    private readonly faults: FaultPages,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'oAuth2Authorize',
    summary: 'OAuth 2.0 Authorize Endpoint',
    description: 'Browsers are sent here by applications (RFC 6749 §3.1). No program calls it.',
  })
  @ApiResponse({
    status: 200,
    description: 'A page whose form goes back to the application: `response_mode=form_post`.',
  })
  @ApiResponse({ status: 302, description: 'To the login app, the consent app, or the error page.' })
  @ApiResponse({ status: 303, description: 'Back to the application.' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  authorize(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return this.faults.orPage(exchange, () => this.service.answer(exchange));
  }

  /** OpenID Connect Core §3.1.2.1: the same request in a form. */
  @Post()
  @ApiExcludeEndpoint()
  authorizeByForm(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return this.authorize(exchange);
  }
}
