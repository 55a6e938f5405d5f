import { Controller, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Paced } from '../../clients/paced.js';
import { parseParameters } from '../../http/exchange/declared-parameters.js';
import { eachOnce } from '../../http/exchange/each-once.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { oauthReply } from '../../http/replies/oauth-reply.js';
import { jsonReply } from '../../http/replies/replies.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Reply } from '../../http/replies/reply.js';
import { IntrospectedOAuth2TokenDto, IntrospectionForm } from './introspection.dto.js';
import { INTROSPECTION_PARAMETERS, IntrospectionService } from './introspection.service.js';

/** RFC 7662. The admin listener has no authentication of its own. */
@ApiTags('oAuth2')
@Paced('introspection')
@Controller('admin/oauth2/introspect')
export class IntrospectionController {
  constructor(private readonly introspection: IntrospectionService) {}

  @Post()
  @ApiOperation({ operationId: 'introspectOAuth2Token', summary: 'Introspect OAuth2 Access and Refresh Tokens' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: IntrospectionForm })
  @ApiOkResponse({ type: IntrospectedOAuth2TokenDto, description: 'introspectedOAuth2Token' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  introspect(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return oauthReply(exchange, async () => {
      const form = eachOnce(await exchange.form());
      const parameters = parseParameters(INTROSPECTION_PARAMETERS, form);
      return jsonReply(200, await this.introspection.introspect(parameters, new Date()));
    });
  }
}
