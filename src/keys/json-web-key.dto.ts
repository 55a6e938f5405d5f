import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { NoNullElements } from '../http/exchange/validation-pipe.js';
import type { KeyState } from './json-web-key.entity.js';
import { KEY_STATES } from './key-timing.js';

const REQUESTED_STATES = ['next', 'active'] as const;

/**
 * A JSON Web Key (RFC 7517), with its private members if it has any. Responses contain all members that are marked as
 * required; a request may omit all members except `kty` and those of the key type.
 */
@ApiSchema({ name: 'jsonWebKey' })
export class JsonWebKeyDto {
  /** Intended use: `sig` or `enc`. */
  @ApiProperty({ example: 'sig', required: true })
  @IsOptional()
  @IsString()
  use?: string;

  /** Type of the key: RSA, EC, OKP or oct. */
  @ApiProperty({ example: 'RSA', required: true })
  @IsOptional()
  @IsString()
  kty?: string;

  /** Name of the key within its set. */
  @ApiProperty({ example: '1603dfe0af8f4596', required: true })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  kid?: string;

  /** Algorithm that the key is for. */
  @ApiProperty({ example: 'RS256', required: true })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  alg?: string;

  /** Curve of an EC or OKP key. */
  @ApiPropertyOptional({ example: 'P-256' })
  @IsOptional()
  @IsString()
  crv?: string;

  /** Private part (RSA, EC, OKP). */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  d?: string;

  /** RSA: first CRT exponent. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  dp?: string;

  /** RSA: second CRT exponent. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  dq?: string;

  /** RSA: public exponent. */
  @ApiPropertyOptional({ example: 'AQAB' })
  @IsOptional()
  @IsString()
  e?: string;

  /** The symmetric key. It is never published. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  k?: string;

  /** RSA: modulus. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  n?: string;

  /** RSA: first prime. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  p?: string;

  /** RSA: second prime. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  q?: string;

  /** RSA: CRT coefficient. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  qi?: string;

  /** EC: x coordinate; OKP: public key. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  x?: string;

  /** EC: y coordinate. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  y?: string;

  /** Certificate chain, each in base64 (not base64url) of its DER form; the first holds the key. */
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  x5c?: string[];

  /** Address of the certificate chain. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  x5u?: string;

  /** SHA-1 of the first certificate. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  x5t?: string;

  /** SHA-256 of the first certificate. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  'x5t#S256'?: string;

  /**
   * `next`: the key is published and signs from `not_before` on; `retired`: it is published and no longer signs. If
   * omitted, the key is active. Only the administration API has this member.
   */
  @ApiPropertyOptional({ enum: KEY_STATES })
  @IsOptional()
  @IsIn(KEY_STATES)
  state?: KeyState;

  /** The time since when or from when on a key that is not active signs (RFC 3339). */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @IsString()
  not_before?: string;
}

/** A set of JSON Web Keys. In a response the newest key is first; in a request the last key is the newest. */
@ApiSchema({ name: 'jsonWebKeySet' })
export class JsonWebKeySetDto {
  /** The keys. */
  @ApiPropertyOptional({ type: [JsonWebKeyDto] })
  @IsArray()
  @NoNullElements()
  @ValidateNested({ each: true })
  @Type(() => JsonWebKeyDto)
  keys: JsonWebKeyDto[];
}

/** The properties of a key to generate. */
@ApiSchema({ name: 'createJsonWebKeySet' })
export class CreateJsonWebKeySetDto {
  /** RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA. */
  @ApiProperty({ required: true, example: 'RS256' })
  @IsOptional()
  @IsString()
  alg?: string;

  /** Name of the key within its set; a random UUID if empty or omitted. */
  @ApiProperty({ required: true })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  kid?: string;

  /** `sig` (the default) or `enc`. */
  @ApiProperty({ required: true, example: 'sig' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  use?: string;

  /** `next`: the key is published now and signs from `not_before` on. By default only a future `not_before` means `next`. */
  @ApiPropertyOptional({ enum: REQUESTED_STATES })
  @IsOptional()
  @IsIn(REQUESTED_STATES)
  state?: 'next' | 'active';

  /**
   * The time at which the key begins to sign (RFC 3339), to within a minute, unless a newer key signs by then. If it is
   * omitted for `next`, the key begins after `keys.rotation.publish_ahead`.
   */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @IsString()
  not_before?: string;
}
