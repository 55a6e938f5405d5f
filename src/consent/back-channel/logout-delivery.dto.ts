import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { DELIVERY_STATES, type DeliveryChannel, type DeliveryState } from './logout-delivery.entity.js';
import type { DeliveryFilter } from './logout-deliveries.js';
import type { Delivery } from './logout-delivery.statements.js';

/** The filters of the list. A delivery must match all of them. */
export class ListLogoutDeliveriesDto {
  /** The `client_id` of the receiver. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  client?: string;

  /** The subject whose session ended. */
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

/** The notification of one receiver that a login session has ended. */
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

  /** Only while the delivery is pending. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  next_attempt_at?: string;

  /** When it was delivered or given up. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  finished_at?: string;

  /** HTTP status of the last response. */
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

export function logoutDeliveryDocument(delivery: Delivery): OAuth2LogoutDeliveryDto {
  const { id, channel, subject, state, attempts } = delivery;
  return {
    ...{
      id,
      channel,
      client_id: delivery.clientId ?? undefined,
      subject,
      sid: delivery.loginSessionId,
      state,
      attempts,
    },
    created_at: delivery.createdAt.toISOString(),
    last_attempt_at: delivery.lastAttemptAt?.toISOString(),
    next_attempt_at: state === 'pending' ? delivery.nextAttemptAt.toISOString() : undefined,
    finished_at: delivery.finishedAt?.toISOString(),
    response_status: delivery.responseStatus ?? undefined,
    failure: delivery.failure ?? undefined,
  };
}
