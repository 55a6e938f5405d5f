import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** What an OpenID Connect request says beside its scopes; only what was asked is in it. */
@ApiSchema({ name: 'oAuth2ConsentRequestOpenIDConnectContext' })
export class OpenIdContextDto {
  /** Wanted authentication context classes, most wanted first. */
  @ApiPropertyOptional({ type: [String] })
  acr_values?: string[];

  /** How the pages should be shown: `page`, `popup`, `touch` or `wap`. */
  @ApiPropertyOptional()
  display?: string;

  /** The claims of the ID token that the client sent as a hint. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  id_token_hint_claims?: Record<string, unknown>;

  /** The name that the person may log in with. */
  @ApiPropertyOptional()
  login_hint?: string;

  /** Languages, most wanted first (BCP 47). */
  @ApiPropertyOptional({ type: [String] })
  ui_locales?: string[];
}
