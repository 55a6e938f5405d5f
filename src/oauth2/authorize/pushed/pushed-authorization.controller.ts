import { All, Controller, Post } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiDefaultResponse,
  ApiExcludeEndpoint,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Paced } from '../../../clients/paced.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import type { Configuration } from '../../../config/configuration.js';
import type { Exchange } from '../../../http/exchange/exchange.js';
import { HttpExchange } from '../../../http/exchange/http-exchange.js';
import { CorsOfClients } from '../../../http/listener/cors/cors-of-clients.js';
import { SwitchedOn } from '../../../http/listener/routes/switched-on.js';
import { ErrorOAuth2Dto } from '../../../http/replies/error.dto.js';
import { notFoundReply } from '../../../http/replies/not-found.js';
import { oauthReply } from '../../../http/replies/oauth-reply.js';
import { jsonReply } from '../../../http/replies/replies.js';
import type { Reply } from '../../../http/replies/reply.js';
import { OnMutualTls } from '../../../http/listener/routes/route-places.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { PushedAuthorizationRequestForm, PushedAuthorizationResponseDto } from './pushed-authorization.dto.js';
import { PushedAuthorizationService } from './pushed-authorization.service.js';

const isOn = ({ oauth2 }: Configuration): boolean => oauth2.pushed_authorization_requests.enabled;

@ApiTags('oAuth2')
@SwitchedOn(isOn)
@CorsOfClients('client authentication')
@Paced('token')
@OnMutualTls()
@Controller('oauth2/par')
export class PushedAuthorizationController {
  constructor(
    private readonly service: PushedAuthorizationService,
    private readonly config: ConfigHolder,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'pushAuthorizationRequest',
    summary: 'Pushed Authorization Request Endpoint',
    description: 'RFC 9126. It exists only while oauth2.pushed_authorization_requests.enabled is true.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: PushedAuthorizationRequestForm })
  @ApiCreatedResponse({ type: PushedAuthorizationResponseDto, description: 'pushedAuthorizationResponse' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  push(@HttpExchange() exchange: Exchange): Reply | Promise<Reply> {
    if (!isOn(this.config.current)) return notFoundReply(exchange);
    return oauthReply(exchange, async () => {
      const { pushed, headers } = await this.service.push(exchange);
      return jsonReply(201, pushed, headers);
    });
  }

  /** RFC 9126 §2.3. */
  @All()
  @ApiExcludeEndpoint()
  refuse(@HttpExchange() exchange: Exchange): Reply | Promise<Reply> {
    if (!isOn(this.config.current)) return notFoundReply(exchange);
    return oauthReply(exchange, () => Promise.reject(methodNotAllowed()));
  }
}

/** RFC 9110 §15.5.6. */
function methodNotAllowed(): OAuthError {
  return new OAuthError('invalid_request', {
    status: 405,
    description: 'The endpoint for pushed authorization requests takes POST only.',
    headers: { Allow: 'POST' },
  });
}
