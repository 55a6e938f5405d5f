import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiDefaultResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { JsonBody } from '../../http/exchange/json-body.js';
import { UnreadBody } from '../../http/exchange/unread-body.js';
import { validationPipe } from '../../http/exchange/validation-pipe.js';
import { jsonReply } from '../../http/replies/replies.js';
import type { Reply } from '../../http/replies/reply.js';
import { OnMutualTls } from '../../http/listener/routes/route-places.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { OAuth2ClientDto } from '../client.dto.js';
import { DynamicRegistration } from './dynamic-registration.service.js';
import { RegistrationAdmissionGuard } from './registration-admission.guard.js';
import { RegistrationEnabledGuard } from './registration-enabled.guard.js';

const ID = { name: 'id', description: 'OAuth 2.0 Client ID' };
const CLIENT = { type: OAuth2ClientDto, description: 'oAuth2Client' };
const ANY_ERROR = { type: ErrorOAuth2Dto, description: 'Default Error Response' };

@ApiTags('oidc')
@OnMutualTls()
@Controller('oauth2/register')
@UseGuards(RegistrationEnabledGuard)
@UsePipes(validationPipe(invalidClientMetadata))
export class RegistrationController {
  constructor(private readonly registration: DynamicRegistration) {}

  /** Registers a client (RFC 7591 §3). The server chooses its id and its secret. */
  @Post()
  @UseGuards(RegistrationAdmissionGuard)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  @ApiOperation({
    operationId: 'createOidcDynamicClient',
    summary: 'Register OAuth2 Client using OpenID Dynamic Client Registration',
  })
  @ApiBody({ type: OAuth2ClientDto, description: 'Dynamic Client Registration Request Body' })
  @ApiCreatedResponse(CLIENT)
  @ApiBadRequestResponse({ type: ErrorOAuth2Dto, description: 'Bad Request Error Response' })
  @ApiDefaultResponse(ANY_ERROR)
  async create(@Body() body: unknown): Promise<Reply> {
    const client = await this.registration.register(body, new Date());
    return jsonReply(201, client, { location: client.registration_client_uri ?? '' });
  }

  /** Returns the client, read with its registration access token (RFC 7592 §2.1). */
  @Get(':id')
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  @ApiParam(ID)
  @ApiBearerAuth()
  @ApiOperation({
    operationId: 'getOidcDynamicClient',
    summary: 'Get OAuth2 Client using OpenID Dynamic Client Registration',
  })
  @ApiOkResponse(CLIENT)
  @ApiDefaultResponse(ANY_ERROR)
  get(@Param('id') id: string, @Headers('authorization') authorization: string | undefined): Promise<OAuth2ClientDto> {
    return this.registration.get(id, authorization);
  }

  /** Replaces the client (RFC 7592 §2.2). The answer has a new registration access token; the old one is invalid. */
  @Put(':id')
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  @ApiParam(ID)
  @ApiBearerAuth()
  @ApiOperation({
    operationId: 'setOidcDynamicClient',
    summary: 'Set OAuth2 Client using OpenID Dynamic Client Registration',
  })
  @ApiBody({ type: OAuth2ClientDto, description: 'OAuth 2.0 Client Request Body' })
  @ApiOkResponse(CLIENT)
  @ApiNotFoundResponse({ type: ErrorOAuth2Dto, description: 'Not Found Error Response' })
  @ApiDefaultResponse(ANY_ERROR)
  replace(
    @Param('id') id: string,
    @Headers('authorization') authorization: string | undefined,
    @UnreadBody() body: JsonBody,
  ): Promise<OAuth2ClientDto> {
    return this.registration.replace(id, authorization, body, new Date());
  }

  /** Deletes the client (RFC 7592 §2.3). */
  @Delete(':id')
  @HttpCode(204)
  @ApiParam(ID)
  @ApiBearerAuth()
  @ApiOperation({
    operationId: 'deleteOidcDynamicClient',
    summary: 'Delete OAuth 2.0 Client using the OpenID Dynamic Client Registration Management Protocol',
  })
  @ApiNoContentResponse({ description: 'emptyResponse' })
  @ApiDefaultResponse(ANY_ERROR)
  async delete(@Param('id') id: string, @Headers('authorization') authorization: string | undefined): Promise<void> {
    await this.registration.delete(id, authorization, new Date());
  }
}
