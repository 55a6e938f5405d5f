import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { AUTHORIZATION_DETAILS } from '../../http/replies/authorization-details.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';

export class IntrospectionForm {
  /** An access token or a refresh token. */
  @ApiProperty()
  token: string;

  /** Scopes, separated by spaces: the token is inactive unless it was granted all of them. */
  @ApiPropertyOptional()
  scope?: string;
}

/** RFC 7662 §2.2. */
@ApiSchema({ name: 'introspectedOAuth2Token' })
export class IntrospectedOAuth2TokenDto {
  /** Whether the token is neither expired nor revoked. */
  @ApiProperty()
  active: boolean;

  /** How the person logged in, if the server is configured for step-up (RFC 9470 §6.2). */
  @ApiPropertyOptional()
  acr?: string;

  /** Who acts for the subject, if the token was exchanged (RFC 8693 §4.1); an inner `act` acted before. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  act?: Record<string, unknown>;

  /** The authentication methods of the login. */
  @ApiPropertyOptional({ type: [String] })
  amr?: string[];

  /** The audience of the token. */
  @ApiPropertyOptional({ type: [String] })
  aud?: string[];

  /** The granted authorization details (RFC 9396); absent if there are none. */
  @ApiPropertyOptional(AUTHORIZATION_DETAILS)
  authorization_details?: AuthorizationDetail[];

  /** When the person logged in, in seconds since 1970. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  auth_time?: number;

  /** The client that the token was issued to. */
  @ApiPropertyOptional()
  client_id?: string;

  /** What the token is bound to: `jkt`, the thumbprint of a key, or `x5t#S256`, the digest of a certificate. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } })
  cnf?: Record<string, string>;

  /** Seconds since 1970. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  exp?: number;

  /** The claims that the consent app or a hook set for the access token. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  ext?: Record<string, unknown>;

  /** Seconds since 1970. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  iat?: number;

  /** The issuer's URL. */
  @ApiPropertyOptional()
  iss?: string;

  /** Who may act for the subject, if token exchange is on and the consent app or a hook said so (RFC 8693 §4.4). */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  may_act?: Record<string, unknown>;

  /** Seconds since 1970. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  nbf?: number;

  /** The pairwise subject, if it differs from `sub`. */
  @ApiPropertyOptional()
  obfuscated_subject?: string;

  /** The granted scopes, separated by spaces. */
  @ApiPropertyOptional()
  scope?: string;

  /** The subject. */
  @ApiPropertyOptional()
  sub?: string;

  /** `Bearer`, or `DPoP` if the token is bound to a key. */
  @ApiPropertyOptional()
  token_type?: string;

  /** `access_token` or `refresh_token`. */
  @ApiPropertyOptional()
  token_use?: string;

  /** Never sent by this server. */
  @ApiPropertyOptional()
  username?: string;
}
