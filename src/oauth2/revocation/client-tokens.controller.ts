import { Controller, Delete, HttpCode, Query } from '@nestjs/common';
import { ApiDefaultResponse, ApiNoContentResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ClientsService } from '../../clients/clients.service.js';
import { Events } from '../../events/events.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';

/** DELETE /admin/oauth2/tokens: revokes all access tokens of a client with one update of the client's row. */
@ApiTags('oAuth2')
@Controller('admin/oauth2/tokens')
export class ClientTokensController {
  constructor(
    private readonly clients: ClientsService,
    private readonly events: Events,
  ) {}

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteOAuth2Token',
    summary: 'Delete OAuth 2.0 Access Tokens from specific OAuth 2.0 Client',
  })
  @ApiQuery({ name: 'client_id', type: String, required: true, description: 'OAuth 2.0 Client ID' })
  @ApiNoContentResponse({ description: 'Empty. Refresh tokens stay active.' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async deleteAll(@Query('client_id') clientId?: string | string[]): Promise<void> {
    if (typeof clientId !== 'string' || !clientId) {
      throw invalidRequest("Query parameter 'client_id' is missing: name the client whose access tokens end.");
    }
    const now = new Date();
    const ended = await this.clients.endAccessTokens(clientId, now);
    if (ended) this.events.publish({ type: 'client.access_tokens_ended', at: now, clientId });
  }
}
