import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { KeyState } from './json-web-key.entity.js';
import { KEY_STATES } from './key-timing.js';

const WISHED_STATES = ['next', 'active'] as const;

/**
 * A JSON Web Key (RFC 7517), private members included where the key has them. The members that the description calls
 * required are in every answer; a request may leave out all but `kty` and the members of its type.
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
   * `next`: published, and signs from `not_before` on; `retired`: published, and signs no more. Left out: active. The
   * administration API alone shows it and takes it.
   */
  @ApiPropertyOptional({ enum: KEY_STATES })
  @IsOptional()
  @IsIn(KEY_STATES)
  state?: KeyState;

  /** Of a key that is not active: since when or from when on it signs (RFC 3339). */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @IsString()
  not_before?: string;
}

/** A set of JSON Web Keys. Answers have the newest key first; in a request the last one is the newest. */
@ApiSchema({ name: 'jsonWebKeySet' })
export class JsonWebKeySetDto {
  /** The keys. */
  @ApiPropertyOptional({ type: [JsonWebKeyDto] })
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => JsonWebKeyDto)
  keys: JsonWebKeyDto[];
}

/** Which key is to be made. */
@ApiSchema({ name: 'createJsonWebKeySet' })
export class CreateJsonWebKeySetDto {
  /** RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA. */
  @ApiProperty({ required: true, example: 'RS256' })
  @IsOptional()
  @IsString()
  alg?: string;

  /** Name of the key within its set; empty or left out: a random UUID. */
  @ApiProperty({ required: true })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  kid?: string;

  /** `sig` (also where it is left out) or `enc`. */
  @ApiProperty({ required: true, example: 'sig' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  use?: string;

  /** `next`: the key is published now and signs from `not_before` on. Left out: as `not_before` says, else active. */
  @ApiPropertyOptional({ enum: WISHED_STATES })
  @IsOptional()
  @IsIn(WISHED_STATES)
  state?: 'next' | 'active';

  /**
   * When the key begins to sign (RFC 3339), to within a minute, unless a newer one signs by then. Left out for `next`:
   * after `keys.rotation.publish_ahead`.
   */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @IsString()
  not_before?: string;
}
