import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** RFC 6749 §5.2. This server sends `error` and `error_description`; the other members are known to older clients. */
@ApiSchema({ name: 'errorOAuth2' })
export class ErrorOAuth2Dto {
  /** The error code. */
  @ApiPropertyOptional()
  error?: string;

  /** What went wrong, and what to change. */
  @ApiPropertyOptional()
  error_description?: string;

  /** Never sent: it is part of the description. */
  @ApiPropertyOptional()
  error_hint?: string;

  /** Never sent. */
  @ApiPropertyOptional()
  error_debug?: string;

  /** Never sent. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  status_code?: number;
}
