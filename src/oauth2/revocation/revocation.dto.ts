import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** RFC 7009 §2.1. */
export class RevocationForm {
  /** An access token or a refresh token. */
  @ApiProperty()
  token: string;

  @ApiPropertyOptional()
  client_id?: string;

  @ApiPropertyOptional()
  client_secret?: string;
}
