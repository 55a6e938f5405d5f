import { Controller, HttpCode, Post, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiDefaultResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { ConfigHolder } from '../../config/config-holder.js';
import { bearerToken } from '../../http/bearer-token.js';
import { errorReply } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { jsonReply, noStore, respond } from '../../http/replies.js';
import { ErrorOAuth2Dto } from '../../http/error.dto.js';
import {
  CreateVerifiableCredentialRequestBodyDto,
  VerifiableCredentialPrimingResponseDto,
  VerifiableCredentialResponseDto,
} from './credentials.dto.js';
import { CredentialsService } from './credentials.service.js';

@ApiTags('oidc')
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
  async create(@HttpExchange() exchange: Exchange, @Res() response: Response): Promise<void> {
    respond(response, noStore(await this.reply(exchange)));
  }

  private async reply(exchange: Exchange): Promise<Reply> {
    try {
      const token = await bearerToken(exchange);
      const body = await exchange.text(this.config.current.limits.form);
      const credential = await this.credentials.issue(token, body, new Date());
      return jsonReply(credential.kind === 'issued' ? 200 : 400, credential.body);
    } catch (error) {
      return errorReply(error, exchange);
    }
  }
}
