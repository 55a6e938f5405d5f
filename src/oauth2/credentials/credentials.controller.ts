import { Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiDefaultResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ConfigHolder } from '../../config/config-holder.js';
import { CorsOfClients } from '../../http/listener/cors/cors-of-clients.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { oauthReply } from '../../http/replies/oauth-reply.js';
import { jsonReply } from '../../http/replies/replies.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import { resourceChallenge } from '../sender-constraint/dpop/dpop-challenge.js';
import {
  CreateVerifiableCredentialRequestBodyDto,
  VerifiableCredentialPrimingResponseDto,
  VerifiableCredentialResponseDto,
} from './credentials.dto.js';
import { CredentialsService } from './credentials.service.js';

@ApiTags('oidc')
@CorsOfClients('bearer token')
@Controller('credentials')
export class CredentialsController {
  constructor(
    private readonly credentials: CredentialsService,
    private readonly config: ConfigHolder,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ operationId: 'createVerifiableCredential', summary: 'Issues a Verifiable Credential' })
  @ApiBody({ type: CreateVerifiableCredentialRequestBodyDto })
  @ApiOkResponse({ type: VerifiableCredentialResponseDto, description: 'verifiableCredentialResponse' })
  @ApiBadRequestResponse({
    type: VerifiableCredentialPrimingResponseDto,
    description: 'verifiableCredentialPrimingResponse',
  })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  create(@HttpExchange() exchange: Exchange): Promise<Reply> {
    return oauthReply(exchange, () => this.answer(exchange), resourceChallenge(exchange, this.config.current));
  }

  private async answer(exchange: Exchange): Promise<Reply> {
    const body = await exchange.text(this.config.current.limits.form);
    const credential = await this.credentials.issue(exchange, body, new Date());
    return jsonReply(credential.kind === 'issued' ? 200 : 400, credential.body, credential.headers);
  }
}
