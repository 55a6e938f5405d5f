import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/**
 * The form of a backchannel authentication request (CIBA Core §7.1), beside the credentials of the client. It is documentation
 * only: the endpoint reads the form itself.
 */
export class BackchannelAuthenticationRequestForm {
  /** Contains `openid`. */
  @ApiPropertyOptional()
  scope?: string;

  /** Exactly one of the three hints is needed. */
  @ApiPropertyOptional()
  login_hint?: string;

  @ApiPropertyOptional()
  id_token_hint?: string;

  @ApiPropertyOptional()
  login_hint_token?: string;

  @ApiPropertyOptional()
  binding_message?: string;

  @ApiPropertyOptional()
  user_code?: string;

  /** With ping: sent back to the client when the person has answered. */
  @ApiPropertyOptional()
  client_notification_token?: string;

  /** Seconds. */
  @ApiPropertyOptional()
  requested_expiry?: string;

  @ApiPropertyOptional()
  acr_values?: string;

  /** The parameters as a signed JWT (CIBA Core §7.1.1). */
  @ApiPropertyOptional()
  request?: string;
}

/** CIBA Core §7.3. */
@ApiSchema({ name: 'backchannelAuthenticationResponse' })
export class BackchannelAuthenticationResponseDto {
  /** With it the client asks the token endpoint for its tokens. */
  @ApiProperty()
  auth_req_id: string;

  /** Seconds. */
  @ApiProperty({ type: 'integer', format: 'int64' })
  expires_in: number;

  /** The shortest time between two questions, in seconds. */
  @ApiProperty({ type: 'integer', format: 'int64' })
  interval: number;
}
