import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { Allow, IsArray, IsBoolean, IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { ANY_JSON } from '../../http/replies/any-json.js';
import { AUTHORIZATION_DETAILS } from '../../http/replies/authorization-details.js';
import { AsSent } from '../../http/exchange/validation-pipe.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import type { JsonObject, JsonValue } from '../../protocol/json.js';
import type { AcceptedConsent } from '../flow/flow.js';
import { storedSeconds } from './stored-seconds.js';

/** Claims for the tokens. */
@ApiSchema({ name: 'acceptOAuth2ConsentRequestSession' })
export class AcceptOAuth2ConsentRequestSessionDto {
  /** Claims of the access token, an object: in introspection and in JWT access tokens they are `ext`. */
  @ApiPropertyOptional(ANY_JSON)
  @IsOptional()
  @IsObject()
  @AsSent()
  access_token?: JsonObject;

  /** Claims of the ID token and of userinfo, an object. */
  @ApiPropertyOptional(ANY_JSON)
  @IsOptional()
  @IsObject()
  @AsSent()
  id_token?: JsonObject;

  /** Claims only of userinfo, an object: they are added to the claims of the ID token, and replace those of equal names. */
  @ApiPropertyOptional(ANY_JSON)
  @IsOptional()
  @IsObject()
  @AsSent()
  userinfo?: JsonObject;
}

/** The consent that the person gave. */
@ApiSchema({ name: 'acceptOAuth2ConsentRequest' })
export class AcceptOAuth2ConsentRequestDto {
  /** Any JSON value; it replaces the context of the login. */
  @ApiPropertyOptional(ANY_JSON)
  @Allow()
  @AsSent()
  context?: JsonValue;

  /** Audiences of the access token. */
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  grant_access_token_audience?: string[];

  /**
   * Granted authorization details (RFC 9396): each of a type that was requested. They may be narrower than requested, or hold
   * more. Without any, none are granted.
   */
  @ApiPropertyOptional(AUTHORIZATION_DETAILS)
  @Allow()
  @AsSent()
  grant_authorization_details?: JsonValue;

  /** Granted scopes. Without any, the access token has no scope. */
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  grant_scope?: string[];

  /** Whether consent may be skipped for later requests of this client and subject without further scopes or audiences. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  remember?: boolean;

  /** Seconds; 0: forever. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  @IsOptional()
  @IsInt()
  remember_for?: number;

  @ApiPropertyOptional({ type: AcceptOAuth2ConsentRequestSessionDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => AcceptOAuth2ConsentRequestSessionDto)
  session?: AcceptOAuth2ConsentRequestSessionDto;
}

/** What the answer does not say itself. */
interface AnsweredConsent {
  /** The context of the login, used if the consent app sends none. */
  context: JsonValue;
  /** The checked details. */
  authorizationDetails?: AuthorizationDetail[];
  now: Date;
}

export function acceptedConsentOf(
  dto: AcceptOAuth2ConsentRequestDto,
  { context, authorizationDetails, now }: AnsweredConsent,
): AcceptedConsent {
  return {
    kind: 'accepted',
    grantScope: dto.grant_scope ?? [],
    grantAudience: dto.grant_access_token_audience ?? [],
    grantAuthorizationDetails: authorizationDetails,
    remember: dto.remember ?? false,
    rememberFor: storedSeconds(dto.remember_for),
    idTokenClaims: dto.session?.id_token ?? {},
    accessTokenClaims: dto.session?.access_token ?? {},
    userinfoClaims: dto.session?.userinfo,
    context: dto.context ?? context,
    handledAt: now.toISOString(),
  };
}
