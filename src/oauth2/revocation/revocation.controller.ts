import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Paced } from '../../clients/paced.js';
import { CorsOfClients } from '../../http/listener/cors/cors-of-clients.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import { oauthReply } from '../../http/replies/oauth-reply.js';
import { Reply } from '../../http/replies/reply.js';
import { OnMutualTls } from '../../http/listener/routes/route-places.js';
import { RevocationForm } from './revocation.dto.js';
import { RevocationService } from './revocation.service.js';

@ApiTags('oAuth2')
@CorsOfClients('client authentication')
@Paced('revocation')
@OnMutualTls()
@Controller('oauth2/revoke')
export class RevocationController {
  constructor(private readonly revocation: RevocationService) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ operationId: 'revokeOAuth2Token', summary: 'Revoke OAuth 2.0 Access or Refresh Token' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: RevocationForm })
  @ApiOkResponse({ description: 'Empty. The token is no longer active, or never was.' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  revoke(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return oauthReply(exchange, async () => {
      await this.revocation.revoke(exchange);
      return new Reply(200);
    });
  }
}
