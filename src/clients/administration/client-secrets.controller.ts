import { Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiDefaultResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import { OAuth2ClientDto } from '../client.dto.js';
import { SecretRotation } from './secret-rotation.service.js';

@ApiTags('oAuth2')
@ApiParam({ name: 'id', description: 'OAuth 2.0 Client ID' })
@ApiOkResponse({ type: OAuth2ClientDto, description: 'oAuth2Client' })
@ApiNotFoundResponse({ type: ErrorOAuth2Dto, description: 'Not Found Error Response' })
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'Default Error Response' })
@Controller('admin/clients/:id/secrets/rotate')
export class ClientSecretsController {
  constructor(private readonly rotation: SecretRotation) {}

  /** Generates a new secret and shows it. The five previous secrets stay valid until they are deleted. */
  @Post()
  @HttpCode(200)
  @ApiOperation({ operationId: 'rotateOAuth2ClientSecret', summary: 'Rotate OAuth 2.0 Client Secret' })
  rotate(@Param('id') id: string): Promise<OAuth2ClientDto> {
    return this.rotation.rotate(id, new Date());
  }

  /** Ends all secrets but the current one. */
  @Delete()
  @ApiOperation({
    operationId: 'deleteRotatedOAuth2ClientSecrets',
    summary: 'Delete Rotated OAuth 2.0 Client Secrets',
  })
  endOldSecrets(@Param('id') id: string): Promise<OAuth2ClientDto> {
    return this.rotation.endOldSecrets(id, new Date());
  }
}
