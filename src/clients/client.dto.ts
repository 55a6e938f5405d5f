/** The wire documents of clients (RFC 7591 §2, and the reference's own fields). The same document is sent and received. */
import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsObject, IsOptional } from 'class-validator';
import { ANY_JSON } from '../http/any-json.js';
import { JsonWebKeySetDto } from '../keys/json-web-key.dto.js';
import { FlagField, LifespanField, TextField, TextListField } from './client-fields.js';

/** Lifespans of different token types issued for this OAuth 2.0 Client. */
@ApiSchema({ name: 'oAuth2ClientTokenLifespans' })
export class OAuth2ClientTokenLifespansDto {
  @LifespanField()
  authorization_code_grant_access_token_lifespan?: string | null;

  @LifespanField()
  authorization_code_grant_id_token_lifespan?: string | null;

  @LifespanField()
  authorization_code_grant_refresh_token_lifespan?: string | null;

  @LifespanField()
  client_credentials_grant_access_token_lifespan?: string | null;

  @LifespanField()
  implicit_grant_access_token_lifespan?: string | null;

  @LifespanField()
  implicit_grant_id_token_lifespan?: string | null;

  @LifespanField()
  jwt_bearer_grant_access_token_lifespan?: string | null;

  @LifespanField()
  refresh_token_grant_access_token_lifespan?: string | null;

  @LifespanField()
  refresh_token_grant_id_token_lifespan?: string | null;

  @LifespanField()
  refresh_token_grant_refresh_token_lifespan?: string | null;

  @LifespanField()
  device_authorization_grant_access_token_lifespan?: string | null;

  @LifespanField()
  device_authorization_grant_id_token_lifespan?: string | null;

  @LifespanField()
  device_authorization_grant_refresh_token_lifespan?: string | null;
}

/** OAuth 2.0 Clients are used to perform OAuth 2.0 and OpenID Connect flows. */
@ApiSchema({ name: 'oAuth2Client' })
export class OAuth2ClientDto extends OAuth2ClientTokenLifespansDto {
  /** Name of the client on the wire. It never changes; left out on creation: a random UUID. At most 255 characters. */
  @TextField()
  client_id?: string;

  /** Name for people. */
  @TextField()
  client_name?: string;

  /** At least 6 bytes. Shown in the answer that sets it and never again: only its hash is kept. */
  @TextField()
  client_secret?: string;

  /** Always 0: secrets do not expire by themselves. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  client_secret_expires_at?: number;

  /** Where the browser may be sent back to. Absolute, without fragment. */
  @TextListField({ example: ['https://app.example.com/callback'] })
  redirect_uris?: string[];

  /** Grant types that the client may use. Empty: authorization_code. */
  @TextListField({ example: ['authorization_code', 'refresh_token'] })
  grant_types?: string[];

  /** Response types that the client may use, each a list of words separated by spaces. Empty: code. */
  @TextListField({ example: ['code'] })
  response_types?: string[];

  /** Scopes that the client may ask for, separated by spaces. Empty: the configured default. */
  @TextField({ example: 'openid offline_access' })
  scope?: string;

  /** Audiences that the client may ask for. */
  @TextListField({ example: ['https://api.example.com/users'] })
  audience?: string[];

  /** Whose client it is: a filter of the list. */
  @TextField()
  owner?: string;

  /** Address of the privacy policy. */
  @TextField()
  policy_uri?: string;

  /** Address of the terms of service. */
  @TextField()
  tos_uri?: string;

  /** Address of a page about the client. */
  @TextField()
  client_uri?: string;

  /** Address of the logo. */
  @TextField()
  logo_uri?: string;

  /** Origins (scheme, host and port) whose scripts may call the public endpoints for this client. */
  @TextListField({ example: ['https://app.example.com'] })
  allowed_cors_origins?: string[];

  /** How to reach those who are responsible for the client. */
  @TextListField({ example: ['ops@example.com'] })
  contacts?: string[];

  /** `public` or `pairwise` (OpenID Connect Core §8). */
  @TextField()
  subject_type?: string;

  /** https address of a JSON array that holds every redirect URI (OpenID Connect Core §8.1). */
  @TextField()
  sector_identifier_uri?: string;

  /** Where the client publishes its keys. Excludes jwks. */
  @TextField()
  jwks_uri?: string;

  /** The public keys of the client. Excludes jwks_uri. */
  @ApiPropertyOptional({ type: () => JsonWebKeySetDto })
  @IsOptional()
  @IsObject()
  jwks?: object;

  /** client_secret_basic (default), client_secret_post, private_key_jwt, or none for public clients. */
  @TextField({ default: 'client_secret_basic' })
  token_endpoint_auth_method?: string;

  /** Algorithm of client assertions with private_key_jwt: RS, PS or ES with 256, 384 or 512. Default RS256. */
  @TextField()
  token_endpoint_auth_signing_alg?: string;

  /** Addresses of request objects. */
  @TextListField()
  request_uris?: string[];

  /** Algorithm that request objects must be signed with. */
  @TextField()
  request_object_signing_alg?: string;

  /** `none` (plain JSON) or `RS256` (a signed JWT). */
  @TextField()
  userinfo_signed_response_alg?: string;

  /** Address that the browser loads in a frame when the user logs out. */
  @TextField()
  frontchannel_logout_uri?: string;

  /** Whether that address gets the parameters iss and sid. */
  @FlagField()
  frontchannel_logout_session_required?: boolean;

  /** Address that gets a logout token when the user logs out. */
  @TextField()
  backchannel_logout_uri?: string;

  /** Whether that token must have the claim sid. */
  @FlagField()
  backchannel_logout_session_required?: boolean;

  /** Where the browser may be sent after logout; each of the scheme, host and port of a redirect URI. */
  @TextListField()
  post_logout_redirect_uris?: string[];

  /** Any JSON of the operator. */
  @ApiPropertyOptional(ANY_JSON)
  @IsOptional()
  metadata?: unknown;

  /** `opaque` or `jwt`; left out: the server's setting counts. */
  @TextField()
  access_token_strategy?: string;

  /** The user is not asked for consent. For the administrator alone. */
  @FlagField()
  skip_consent?: boolean;

  /** The user is not asked whether to log out. For the administrator alone. */
  @FlagField({ nullable: true })
  skip_logout_consent?: boolean | null;

  /** Manages the client at registration_client_uri. Shown when it is made and never again. */
  @ApiPropertyOptional()
  registration_access_token?: string;

  /** Where the client manages itself (RFC 7592). */
  @ApiPropertyOptional()
  registration_client_uri?: string;

  /** Set by the server. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  created_at?: string;

  /** Set by the server. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  updated_at?: string;
}
