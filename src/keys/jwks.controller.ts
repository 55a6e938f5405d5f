import { Controller, Get } from '@nestjs/common';
import { ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../http/replies/error.dto.js';
import type { Reply } from '../http/replies/reply.js';
import { JsonWebKeySetDto } from './json-web-key.dto.js';
import { PublishedKeys } from './published-keys.js';

@ApiTags('wellknown')
@Controller('.well-known/jwks.json')
export class JwksController {
  constructor(private readonly keys: PublishedKeys) {}

  /** Returns the public keys that verify ID tokens, logout tokens, signed userinfo and JWT access tokens. */
  @Get()
  @ApiOperation({ operationId: 'discoverJsonWebKeys', summary: 'Discover Well-Known JSON Web Keys' })
  @ApiOkResponse({ type: JsonWebKeySetDto, description: 'jsonWebKeySet' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  publish(): Promise<Reply> {
    return this.keys.reply();
  }
}
