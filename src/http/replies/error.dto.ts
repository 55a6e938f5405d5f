/** The two error bodies of the API, for its OpenAPI description. */
import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ANY_JSON } from './any-json.js';

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

/** The form that older clients know of a few administrative operations. This server answers them like all others. */
@ApiSchema({ name: 'genericError' })
export class GenericErrorDto {
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  code?: number;

  @ApiPropertyOptional()
  debug?: string;

  @ApiPropertyOptional(ANY_JSON)
  details?: unknown;

  @ApiPropertyOptional()
  id?: string;

  @ApiProperty()
  message: string;

  @ApiPropertyOptional()
  reason?: string;

  @ApiPropertyOptional()
  request?: string;

  @ApiPropertyOptional()
  status?: string;
}
