import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import {
  ApiDefaultResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { GrantRevocation } from './grant-revocation.js';

/** Ends one login session. It is not in the consent module with the other session paths, because it may revoke tokens. */
@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/sessions/login/:sid')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
export class LoginSessionEndController {
  constructor(private readonly revocation: GrantRevocation) {}

  /** Ends one login session. With `revoke_tokens=true` all tokens issued under it are revoked too. Consents stay. */
  @Delete()
  @HttpCode(204)
  @ApiParam({ name: 'sid', type: String, description: 'Claim sid of an ID token' })
  @ApiQuery({ name: 'revoke_tokens', required: false, schema: { type: 'boolean', default: false } })
  @ApiOperation({ operationId: 'endOAuth2LoginSession', summary: 'End an OAuth 2.0 Login Session' })
  @ApiNoContentResponse({ description: 'Empty. The browser that has the session must log in again.' })
  @ApiNotFoundResponse({ type: ErrorOAuth2Dto, description: 'The session is unknown or has ended.' })
  async end(@Param('sid') sid: string, @HttpExchange() exchange: Exchange): Promise<void> {
    const withTokens = exchange.query().first('revoke_tokens') ?? 'false';
    if (withTokens === 'true') await this.revocation.endSessionWithTokens(sid, exchange);
    else if (withTokens === 'false') await this.revocation.endSession(sid, exchange);
    else throw invalidRequest("Query parameter 'revoke_tokens' must be 'true' or 'false'.");
  }
}
