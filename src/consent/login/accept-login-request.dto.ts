import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Allow, IsArray, IsBoolean, IsInt, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { ANY_JSON } from '../../http/any-json.js';
import { AsSent } from '../../http/validation-pipe.js';
import type { JsonValue } from '../../protocol/json.js';
import type { AcceptedLogin } from '../flow/flow.js';
import { secondsOf } from '../seconds.js';
import { storedSeconds } from '../flow/stored-seconds.js';

/** What the login app says of the person who logged in. */
@ApiSchema({ name: 'acceptOAuth2LoginRequest' })
export class AcceptOAuth2LoginRequestDto {
  /** Authentication context class: how the person proved who they are. Becomes the claim `acr`. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  acr?: string;

  /**
   * Where the person logged in from, in the app's words: a network address, a place. It is shown in the list of login
   * sessions. At most 255 characters. An addition to the reference.
   */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(255)
  address?: string;

  /** Authentication methods. Becomes the claim `amr`. */
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  amr?: string[];

  /** Anything; the consent app finds it in its request. */
  @ApiPropertyOptional(ANY_JSON)
  @Allow()
  @AsSent()
  context?: JsonValue;

  /** Of a skipped login: its session lasts longer, as if it had been remembered now. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  extend_session_lifespan?: boolean;

  /** What a pairwise client sees as `sub`. At most 255 characters, different for each subject of the client. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(255)
  force_subject_identifier?: string;

  /** The session at the identity provider, which a logout ends. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(255)
  identity_provider_session_id?: string;

  /** Whether a later login of this browser may be skipped. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  remember?: boolean;

  /** Seconds; 0: as long as `ttl.authentication_session`. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  @IsOptional()
  @IsInt()
  remember_for?: number;

  /** Id of the person who logged in. At most 255 characters. */
  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  subject: string;

  /**
   * The person's browser (`User-Agent`), shown in the list of login sessions. At most 1024 characters. An addition to
   * the reference.
   */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  user_agent?: string;
}

/** @param skip a skipped login has a session, which stays remembered */
export function acceptedLoginOf(dto: AcceptOAuth2LoginRequestDto, skip: boolean, now: Date): AcceptedLogin {
  return {
    kind: 'accepted',
    subject: dto.subject,
    remember: skip || (dto.remember ?? false),
    rememberFor: storedSeconds(dto.remember_for),
    extendSessionLifespan: dto.extend_session_lifespan ?? false,
    acr: dto.acr ?? '',
    amr: dto.amr ?? [],
    context: dto.context ?? null,
    forceSubjectIdentifier: dto.force_subject_identifier ?? '',
    identityProviderSessionId: dto.identity_provider_session_id ?? '',
    userAgent: dto.user_agent || undefined,
    address: dto.address || undefined,
    answeredAt: secondsOf(now),
  };
}
