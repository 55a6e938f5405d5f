import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'healthStatus' })
export class HealthStatusDto {
  /** Always "ok". */
  @ApiPropertyOptional()
  status?: string;
}

@ApiSchema({ name: 'healthNotReadyStatus' })
export class HealthNotReadyStatusDto {
  /** Why the server is not ready, by the name of the check. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } })
  errors?: Record<string, string>;
}

@ApiSchema({ name: 'version' })
export class VersionDto {
  /** The version of this server. */
  @ApiPropertyOptional()
  version?: string;
}
