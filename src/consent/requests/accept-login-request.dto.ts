import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Allow, IsArray, IsBoolean, IsIn, IsInt, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { ANY_JSON } from '../../http/replies/any-json.js';
import { AsSent } from '../../http/exchange/validation-pipe.js';
import type { JsonValue } from '../../protocol/json.js';
import { numericDate } from '../../protocol/numeric-date.js';
import type { AcceptedLogin } from '../flow/flow.js';
import { storedSeconds } from './stored-seconds.js';

const REMEMBER_UNTIL = ['browser_closed'] as const;

/** The login app's data about the person who logged in. */
@ApiSchema({ name: 'acceptOAuth2LoginRequest' })
export class AcceptOAuth2LoginRequestDto {
  /** Authentication context class: how the person proved who they are. Becomes the claim `acr`. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  acr?: string;

  /**
   * The place of the login as the app describes it: a network address, a town. It is shown in the list of login sessions.
   * At most 255 characters. An addition to Hydra.
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

  /** Any JSON value; the consent app reads it in its request. */
  @ApiPropertyOptional(ANY_JSON)
  @Allow()
  @AsSent()
  context?: JsonValue;

  /** For a skipped login: extends its session, as if it had been remembered now. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  extend_session_lifespan?: boolean;

  /** The `sub` that a pairwise client sees. At most 255 characters, different for each subject of the client. */
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

  /**
   * With `remember`: `browser_closed` keeps the login until the person closes the browser, by a cookie without a maximum
   * age; `remember_for` still limits it. An addition to Hydra.
   */
  @ApiPropertyOptional({ enum: REMEMBER_UNTIL })
  @IsOptional()
  @IsIn(REMEMBER_UNTIL, { message: `remember_until must be ${REMEMBER_UNTIL.join(' or ')}` })
  remember_until?: (typeof REMEMBER_UNTIL)[number];

  /** Id of the person who logged in. At most 255 characters. */
  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  subject: string;

  /**
   * The person's browser (`User-Agent`), shown in the list of login sessions. At most 1024 characters. An addition to
   * Hydra.
   */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  user_agent?: string;
}

/** @param skip whether the login was skipped: then its session stays remembered */
export function acceptedLoginOf(dto: AcceptOAuth2LoginRequestDto, skip: boolean, now: Date): AcceptedLogin {
  return {
    kind: 'accepted',
    subject: dto.subject,
    remember: skip || (dto.remember ?? false),
    rememberFor: storedSeconds(dto.remember_for),
    untilBrowserClosed: dto.remember_until === 'browser_closed' || undefined,
    extendSessionLifespan: dto.extend_session_lifespan ?? false,
    acr: dto.acr ?? '',
    amr: dto.amr ?? [],
    context: dto.context ?? null,
    forceSubjectIdentifier: dto.force_subject_identifier ?? '',
    identityProviderSessionId: dto.identity_provider_session_id ?? '',
    userAgent: dto.user_agent || undefined,
    address: dto.address || undefined,
    answeredAt: numericDate(now),
  };
}
