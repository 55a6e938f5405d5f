import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsNotEmpty,
  IsNotIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { AsSent } from '../../http/exchange/validation-pipe.js';
import { ANY_JSON } from '../../http/replies/any-json.js';
import { AUTHORIZATION_DETAILS } from '../../http/replies/authorization-details.js';
import type { JsonValue } from '../../protocol/json.js';
import { AcceptOAuth2ConsentRequestSessionDto } from '../requests/accept-consent-request.dto.js';

/** Who the person is, how they proved it, and what they granted. */
@ApiSchema({ name: 'acceptOAuth2CibaRequest' })
export class AcceptOAuth2CibaRequestDto {
  /** Id of the person. At most 255 characters. */
  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  subject: string;

  /** Authentication context class: how the person proved who they are. Becomes the claim `acr`. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  acr?: string;

  /** Authentication methods. Becomes the claim `amr`. */
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  amr?: string[];

  /** Any JSON value; it is kept with the consent. */
  @ApiPropertyOptional(ANY_JSON)
  @Allow()
  @AsSent()
  context?: JsonValue;

  /** Granted scopes. Without any, the access token has no scope. */
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  grant_scope?: string[];

  /** Audiences of the access token. */
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  grant_access_token_audience?: string[];

  /** Granted authorization details (RFC 9396): each of a type that was requested. Without any, none are granted. */
  @ApiPropertyOptional(AUTHORIZATION_DETAILS)
  @Allow()
  @AsSent()
  grant_authorization_details?: JsonValue;

  /** Claims for the tokens. */
  @ApiPropertyOptional({ type: AcceptOAuth2ConsentRequestSessionDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AcceptOAuth2ConsentRequestSessionDto)
  session?: AcceptOAuth2ConsentRequestSessionDto;
}

/** Why the person gets no tokens for the client. */
@ApiSchema({ name: 'rejectOAuth2CibaRequest' })
export class RejectOAuth2CibaRequestDto {
  /** Error code for the client. Default: `access_denied`. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(255)
  @Matches(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/, {
    message: 'error must have printable ASCII characters without " and \\',
  })
  @IsNotIn(['authorization_pending', 'slow_down'], { message: 'error must not tell the client to ask again' })
  error?: string;

  /** The cause of the error, for the developer of the client. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  error_description?: string;
}
