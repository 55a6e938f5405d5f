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

  /** Where the person enters it. */
  @ApiPropertyOptional()
  verification_uri?: string;

  /** The same address with the user code in it, for QR codes. */
  @ApiPropertyOptional()
  verification_uri_complete?: string;

  /** Lifetime of both codes in seconds. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  expires_in?: number;

  /** Seconds between polls, at least. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  interval?: number;
}

@ApiSchema({ name: 'acceptDeviceUserCodeRequest' })
export class AcceptDeviceUserCodeRequestDto {
  /** As the person typed it; upper and lower case differ. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  user_code?: string;
}
