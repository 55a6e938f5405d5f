import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString } from 'class-validator';
import type { FlowError, Rejection } from '../flow/flow.js';
import type { FlowStep } from './flow-requests.js';

@ApiSchema({ name: 'rejectOAuth2Request' })
export class RejectOAuth2RequestDto {
  /** Error code for the client (RFC 6749 §4.1.2.1), for example `access_denied`. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  error?: string;

  /** Details only for the log of this server. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  error_debug?: string;

  /** The cause of the error, for the developer of the client. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  error_description?: string;

  /** Advice for the client; it is appended to the description. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  error_hint?: string;

  /** HTTP status if the error is not sent by a redirect. Default: 400. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  @IsOptional()
  @IsInt()
  status_code?: number;
}

export function rejectionOf(step: FlowStep, dto: RejectOAuth2RequestDto): Rejection {
  const status = dto.status_code ?? 400;
  const error: FlowError = {
    code: dto.error || `${step} request denied`, // the words of Hydra
    status: status >= 400 && status <= 599 ? status : 400,
    description: dto.error_description || (dto.error_hint ? '' : `The ${step} request was denied.`),
    ...(dto.error_hint ? { hint: dto.error_hint } : {}),
    ...(dto.error_debug ? { debug: dto.error_debug } : {}),
  };
  return { kind: 'rejected', error };
}
