import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** OpenID Connect Core §5.1: `sub`, and the claims that the consent app set, these or others. */
@ApiSchema({ name: 'oidcUserInfo' })
export class OidcUserInfoDto {
  /** Identifier of the person at the issuer. */
  @ApiPropertyOptional()
  sub?: string;

  /** Full name in displayable form. */
  @ApiPropertyOptional()
  name?: string;

  /** Given or first names. */
  @ApiPropertyOptional()
  given_name?: string;

  /** Surnames or last names. */
  @ApiPropertyOptional()
  family_name?: string;

  /** Middle names. */
  @ApiPropertyOptional()
  middle_name?: string;

  /** Casual name. */
  @ApiPropertyOptional()
  nickname?: string;

  /** Shorthand name that the person wishes to be called by. Not unique. */
  @ApiPropertyOptional()
  preferred_username?: string;

  /** URL of the profile page. */
  @ApiPropertyOptional()
  profile?: string;

  /** URL of the profile picture. */
  @ApiPropertyOptional()
  picture?: string;

  /** URL of the web page or blog. */
  @ApiPropertyOptional()
  website?: string;

  /** Preferred e-mail address. Not unique. */
  @ApiPropertyOptional()
  email?: string;

  /** Whether the e-mail address was verified. */
  @ApiPropertyOptional()
  email_verified?: boolean;

  /** Gender. */
  @ApiPropertyOptional()
  gender?: string;

  /** Birthday as YYYY-MM-DD, or YYYY alone. */
  @ApiPropertyOptional()
  birthdate?: string;

  /** Time zone, for example Europe/Zurich. */
  @ApiPropertyOptional()
  zoneinfo?: string;

  /** Locale as a BCP 47 language tag. */
  @ApiPropertyOptional()
  locale?: string;

  /** Preferred telephone number, E.164. */
  @ApiPropertyOptional()
  phone_number?: string;

  /** Whether the telephone number was verified. */
  @ApiPropertyOptional()
  phone_number_verified?: boolean;

  /** When the information was last updated, in seconds since 1970. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  updated_at?: number;
}
