import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { JsonWebKeyDto } from '../keys/json-web-key.dto.js';
import type { TrustedIssuerEntity } from './trusted-issuer.entity.js';

/** The issuer to trust. All members are optional here: readTrustRequest reports missing and contradictory ones by itself. */
@ApiSchema({ name: 'trustOAuth2JwtGrantIssuer' })
export class TrustOAuth2JwtGrantIssuerDto {
  /** Accept assertions about any subject. Exclusive with `subject`. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  allow_any_subject?: boolean;

  /** From then on its assertions are refused (RFC 3339). */
  @ApiProperty({ required: true, type: String, format: 'date-time' })
  @IsOptional()
  @IsString()
  expires_at?: string;

  /** `iss` of its assertions. */
  @ApiProperty({ required: true, example: 'https://jwt-idp.example.com' })
  @IsOptional()
  @IsString()
  issuer?: string;

  /** The public key that verifies its assertions, with a `kid`. */
  @ApiProperty({ required: true, type: JsonWebKeyDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => JsonWebKeyDto)
  jwk?: JsonWebKeyDto;

  /** The scopes that its assertions may ask for. */
  @ApiProperty({ required: true, type: [String], example: ['openid', 'offline'] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  scope?: string[];

  /** `sub` that its assertions may have. Exclusive with `allow_any_subject`. */
  @ApiPropertyOptional({ example: 'mike@example.com' })
  @IsOptional()
  @IsString()
  subject?: string;
}

/** The place of the key of a trusted issuer. */
@ApiSchema({ name: 'trustedOAuth2JwtGrantJsonWebKey' })
export class TrustedOAuth2JwtGrantJsonWebKeyDto {
  /** Name of the key. */
  @ApiPropertyOptional({ example: '123e4567-e89b-12d3-a456-426655440000' })
  kid: string;

  /** Name of the key set: the issuer. */
  @ApiPropertyOptional({ example: 'https://jwt-idp.example.com' })
  set: string;
}

/** A trusted issuer. Times are in whole seconds. */
@ApiSchema({ name: 'trustedOAuth2JwtGrantIssuer' })
export class TrustedOAuth2JwtGrantIssuerDto {
  @ApiPropertyOptional({ example: '9edc811f-4e28-453c-9b46-4de65f00217f' })
  id: string;

  /** `iss` of its assertions. */
  @ApiPropertyOptional({ example: 'https://jwt-idp.example.com' })
  issuer: string;

  /** `sub` that its assertions may have; empty where any is accepted. */
  @ApiPropertyOptional({ example: 'mike@example.com' })
  subject: string;

  /** Whether its assertions may be about any subject. */
  @ApiPropertyOptional()
  allow_any_subject: boolean;

  /** The scopes that its assertions may ask for. */
  @ApiPropertyOptional({ type: [String], example: ['openid', 'offline'] })
  scope: string[];

  @ApiPropertyOptional({ type: TrustedOAuth2JwtGrantJsonWebKeyDto })
  public_key: TrustedOAuth2JwtGrantJsonWebKeyDto;

  @ApiPropertyOptional({ type: String, format: 'date-time' })
  created_at: string;

  /** From then on its assertions are refused. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  expires_at: string;
}

export function trustedIssuerDto(row: TrustedIssuerEntity): TrustedOAuth2JwtGrantIssuerDto {
  return {
    id: row.id,
    issuer: row.issuer,
    subject: row.subject,
    allow_any_subject: row.allowAnySubject,
    scope: row.scope,
    public_key: { set: row.issuer, kid: row.kid },
    created_at: wholeSeconds(row.createdAt),
    expires_at: wholeSeconds(row.expiresAt),
  };
}

function wholeSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
