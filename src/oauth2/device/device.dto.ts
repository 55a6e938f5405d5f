import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

/** RFC 8628 §3.2. */
@ApiSchema({ name: 'deviceAuthorization' })
export class DeviceAuthorizationDto {
  /** The device verification code. */
  @ApiPropertyOptional()
  device_code?: string;

  /** The code that the person enters. */
  @ApiPropertyOptional()
  user_code?: string;

  /** The address where the person enters the user code. */
  @ApiPropertyOptional()
  verification_uri?: string;

  /** The same address with the user code in it, for QR codes. */
  @ApiPropertyOptional()
  verification_uri_complete?: string;

  /** Lifetime of both codes in seconds. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  expires_in?: number;

  /** The minimum time between polls in seconds. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  interval?: number;
}

@ApiSchema({ name: 'acceptDeviceUserCodeRequest' })
export class AcceptDeviceUserCodeRequestDto {
  /** The user code as the person typed it. Case, spaces and dashes are ignored. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  user_code?: string;
}
