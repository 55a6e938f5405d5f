import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** OpenID Connect parameters of the request; only those that were sent. */
@ApiSchema({ name: 'oAuth2ConsentRequestOpenIDConnectContext' })
export class OpenIdContextDto {
  /** Requested authentication context classes in the order of preference. */
  @ApiPropertyOptional({ type: [String] })
  acr_values?: string[];

  /** The requested display of the pages: `page`, `popup`, `touch` or `wap`. */
  @ApiPropertyOptional()
  display?: string;

  /** The claims of the ID token that the client sent as a hint. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  id_token_hint_claims?: Record<string, unknown>;

  /** The name that the person may log in with. */
  @ApiPropertyOptional()
  login_hint?: string;

  /** Requested languages in the order of preference (BCP 47). */
  @ApiPropertyOptional({ type: [String] })
  ui_locales?: string[];
}
