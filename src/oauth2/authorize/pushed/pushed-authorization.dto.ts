import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/**
 * The form of a pushed authorization request (RFC 9126 §2.1): the parameters of an authorization request, and the credentials
 * of the client. It is documentation only: the endpoint reads the form itself.
 */
export class PushedAuthorizationRequestForm {
  @ApiProperty()
  client_id: string;

  @ApiPropertyOptional()
  response_type?: string;

  @ApiPropertyOptional()
  redirect_uri?: string;

  @ApiPropertyOptional()
  scope?: string;

  @ApiPropertyOptional()
  state?: string;

  @ApiPropertyOptional()
  code_challenge?: string;

  @ApiPropertyOptional()
  code_challenge_method?: string;

  /** The authorization request as a signed JWT (RFC 9101). */
  @ApiPropertyOptional()
  request?: string;
}

/** RFC 9126 §2.2. */
@ApiSchema({ name: 'pushedAuthorizationResponse' })
export class PushedAuthorizationResponseDto {
  /** Stands for the request at the authorization endpoint, once. */
  @ApiProperty({ example: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c0000000000000000' })
  request_uri: string;

  /** The lifetime in seconds. */
  @ApiProperty({ type: 'integer', format: 'int64' })
  expires_in: number;
}
