import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import {
  DELIVERY_STATES,
  type DeliveryChannel,
  type DeliveryFilter,
  type DeliveryRow,
  type DeliveryState,
} from './logout-delivery.statements.js';

/** Which deliveries are listed. Each filter narrows. */
export class ListLogoutDeliveriesDto {
  /** Client that was or is to be told. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  client?: string;

  /** Whose session ended. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  subject?: string;

  /** The session that ended. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  sid?: string;

  @ApiPropertyOptional({ enum: DELIVERY_STATES })
  @IsOptional()
  @IsIn(DELIVERY_STATES, { message: `state must be one of ${DELIVERY_STATES.join(', ')}` })
  state?: DeliveryState;
}

/** Who is, was, or could not be told that a login session ended. */
@ApiSchema({ name: 'oAuth2LogoutDelivery' })
export class OAuth2LogoutDeliveryDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** `back_channel`: a logout token for a client. `identity_provider`: the session there is disabled. */
  @ApiProperty({ enum: ['back_channel', 'identity_provider'] })
  channel: DeliveryChannel;

  /** Absent for the identity provider. */
  @ApiPropertyOptional()
  client_id?: string;

  @ApiProperty()
  subject: string;

  /** The session that ended. */
  @ApiProperty({ format: 'uuid' })
  sid: string;

  /** `failed`: the receiver refused. `expired`: it could not be reached in the configured time. */
  @ApiProperty({ enum: DELIVERY_STATES })
  state: DeliveryState;

  @ApiProperty({ type: 'integer', format: 'int64' })
  attempts: number;

  /** When the session ended. */
  @ApiProperty({ type: String, format: 'date-time' })
  created_at: string;

  @ApiPropertyOptional({ type: String, format: 'date-time' })
  last_attempt_at?: string;

  /** Of a pending one. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  next_attempt_at?: string;

  /** When it was delivered or given up. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  finished_at?: string;

  /** HTTP status of the last answer. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  response_status?: number;

  /** Why the last attempt did not succeed. */
  @ApiPropertyOptional()
  failure?: string;
}

export function filterOf({ client, subject, sid, state }: ListLogoutDeliveriesDto): DeliveryFilter {
  return {
    ...(client === undefined ? {} : { clientId: client }),
    ...(subject === undefined ? {} : { subject }),
    ...(sid === undefined ? {} : { sessionId: sid }),
    ...(state === undefined ? {} : { state }),
  };
}

export function logoutDeliveryDocument(row: DeliveryRow): OAuth2LogoutDeliveryDto {
  return {
    id: row.id,
    channel: row.channel,
    client_id: row.client_id ?? undefined,
    subject: row.subject,
    sid: row.login_session_id,
    state: row.state,
    attempts: row.attempts,
    created_at: row.created_at.toISOString(),
    last_attempt_at: row.last_attempt_at?.toISOString(),
    next_attempt_at: row.state === 'pending' ? row.next_attempt_at.toISOString() : undefined,
    finished_at: row.finished_at?.toISOString(),
    response_status: row.response_status ?? undefined,
    failure: row.failure ?? undefined,
  };
}
