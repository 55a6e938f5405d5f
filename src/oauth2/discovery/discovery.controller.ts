import { Controller, Get } from '@nestjs/common';
import { ApiDefaultResponse, ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Reply } from '../../http/replies/reply.js';
import { OidcConfigurationDto } from './discovery.dto.js';
import { DiscoveryDocument } from './discovery-document.js';

@ApiTags('oidc')
@Controller('.well-known')
export class DiscoveryController {
  constructor(private readonly document: DiscoveryDocument) {}

  @Get('openid-configuration')
  @ApiOperation({ operationId: 'discoverOidcConfiguration', summary: 'OpenID Connect Discovery' })
  @ApiOkResponse({ type: OidcConfigurationDto, description: 'oidcConfiguration' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  openid(): Promise<Reply> {
    return this.document.reply();
  }

  /** RFC 8414: the same document under another path. */
  @Get('oauth-authorization-server')
  @ApiExcludeEndpoint()
  oauth(): Promise<Reply> {
    return this.document.reply();
  }
}
