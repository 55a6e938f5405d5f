import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { AUTHORIZATION_DETAILS } from '../../http/replies/authorization-details.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';

/** The form of a token request (RFC 6749). It is documentation only: the pipeline reads the form itself. */
export class TokenRequestForm {
  @ApiProperty()
  grant_type: string;

  @ApiPropertyOptional()
  client_id?: string;

  @ApiPropertyOptional()
  code?: string;

  @ApiPropertyOptional()
  redirect_uri?: string;

  @ApiPropertyOptional()
  refresh_token?: string;
}

@ApiSchema({ name: 'oAuth2TokenExchange' })
export class OAuth2TokenExchangeDto {
  /** The access token issued by the authorization server. */
  @ApiPropertyOptional()
  access_token?: string;

  /** The authorization details of the access token (RFC 9396); absent if it has none. */
  @ApiPropertyOptional(AUTHORIZATION_DETAILS)
  authorization_details?: AuthorizationDetail[];

  /** The type of the access token that an exchange yielded (RFC 8693); absent otherwise. */
  @ApiPropertyOptional()
  issued_token_type?: string;

  /** The lifetime in seconds of the access token. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  expires_in?: number;

  /** To retrieve a refresh token, request the scope "offline_access". */
  @ApiPropertyOptional()
  refresh_token?: string;

  /** To retrieve an ID token, request the scope "openid". */
  @ApiPropertyOptional()
  id_token?: string;

  /** The scope of the access token. */
  @ApiPropertyOptional()
  scope?: string;

  /** The type of the token issued: "bearer", or "DPoP" if it is bound to a key. */
  @ApiPropertyOptional()
  token_type?: string;
}
