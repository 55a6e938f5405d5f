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
  Res,
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
import type { Response } from 'express';
import { ErrorOAuth2Dto, GenericErrorDto } from '../../http/error.dto.js';
import { validationPipe } from '../../http/validation-pipe.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { OAuth2ClientDto } from '../client.dto.js';
import { DynamicRegistration } from './dynamic-registration.service.js';
import { RegistrationAdmissionGuard } from './registration-admission.guard.js';
import { RegistrationEnabledGuard } from './registration-enabled.guard.js';

const ID = { name: 'id', description: 'OAuth 2.0 Client ID' };
const CLIENT = { type: OAuth2ClientDto, description: 'oAuth2Client' };
const ANY_ERROR = { type: ErrorOAuth2Dto, description: 'Default Error Response' };

@ApiTags('oidc')
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
  async create(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<OAuth2ClientDto> {
    const client = await this.registration.register(body, new Date());
    response.setHeader('location', client.registration_client_uri ?? '');
    return client;
  }

  /** The client, read with its registration access token (RFC 7592 §2.1). */
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

  /** Replaces the client (RFC 7592 §2.2). The answer has a new registration access token; the old one is dead. */
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
    @Body() body: unknown,
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
  @ApiDefaultResponse({ type: GenericErrorDto, description: 'genericError' })
  async delete(@Param('id') id: string, @Headers('authorization') authorization: string | undefined): Promise<void> {
    await this.registration.delete(id, authorization, new Date());
  }
}
