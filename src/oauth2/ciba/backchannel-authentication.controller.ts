import { All, Controller, Post } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiDefaultResponse,
  ApiExcludeEndpoint,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Paced } from '../../clients/paced.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Configuration } from '../../config/configuration.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { OnMutualTls } from '../../http/listener/routes/route-places.js';
import { SwitchedOn } from '../../http/listener/routes/switched-on.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import { notFoundReply } from '../../http/replies/not-found.js';
import { oauthReply } from '../../http/replies/oauth-reply.js';
import { jsonReply } from '../../http/replies/replies.js';
import type { Reply } from '../../http/replies/reply.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { BackchannelAuthenticationRequestForm, BackchannelAuthenticationResponseDto } from './ciba.dto.js';
import { BackchannelAuthenticationService } from './backchannel-authentication.service.js';

const isOn = ({ oidc }: Configuration): boolean => oidc.ciba.enabled;

@ApiTags('oidc')
@SwitchedOn(isOn)
@Paced('token')
@OnMutualTls()
@Controller('oauth2/ciba/auth')
export class BackchannelAuthenticationController {
  constructor(
    private readonly service: BackchannelAuthenticationService,
    private readonly config: ConfigHolder,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'backchannelAuthentication',
    summary: 'Backchannel Authentication Endpoint',
    description: 'CIBA Core 1.0. It exists only while oidc.ciba.enabled is true.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: BackchannelAuthenticationRequestForm })
  @ApiOkResponse({ type: BackchannelAuthenticationResponseDto, description: 'backchannelAuthenticationResponse' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  begin(@HttpExchange() exchange: Exchange): Reply | Promise<Reply> {
    if (!isOn(this.config.current)) return notFoundReply(exchange);
    return oauthReply(exchange, async () => jsonReply(200, await this.service.begin(exchange)));
  }

  /** CIBA Core §7.1: POST. */
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
    description: 'The endpoint for backchannel authentication takes POST only.',
    headers: { Allow: 'POST' },
  });
}
